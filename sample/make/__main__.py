"""python3 -m make [FOLDER]: write the sample's projects below FOLDER (default: projects)."""

import shutil
import sys

from . import garden, kelp, tidepool


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "projects"
    shutil.rmtree(folder, ignore_errors=True)
    for story in (tidepool, kelp, garden):
        for session in story.sessions():
            session.save(folder)


if __name__ == "__main__":
    main()
