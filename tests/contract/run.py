#!/usr/bin/env python3
"""run.py VENV SCRIPT [ARGUMENT...]: run a script with what requirements.txt names.

Makes the virtual environment VENV where it is missing or out of date. Exit status 77 (skipped) where
PyPI cannot be reached, else that of the script.
"""

import fcntl
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77


def install(venv):
    """Install what is missing; several tests may ask at once."""
    wanted = (HERE / "requirements.txt").read_text()
    stamp = venv / "installed"
    venv.mkdir(parents=True, exist_ok=True)
    with open(venv / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == wanted:
            return
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([venv / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                        "--requirement", HERE / "requirements.txt"], check=True)
        stamp.write_text(wanted)


def main():
    venv = pathlib.Path(sys.argv[1])
    try:
        install(venv)
    except (OSError, subprocess.CalledProcessError) as e:
        print(f"skipped: what requirements.txt names cannot be installed: {e}")
        return SKIPPED
    python = str(venv / "bin/python")
    os.execv(python, [python, "-B", *sys.argv[2:]])


if __name__ == "__main__":
    sys.exit(main())
