"""Makes the sample transcripts: python3 -m make, from the folder above."""
