#!/usr/bin/env python3
"""Measures a night in which nothing has changed: adphoto import of photos that it has imported before.

    apt-get install ldb-tools strace; pip install pillow
    cargo build --profile dist --package adphoto
    eval "$(../../tests/samba/start)"                   as root: a throwaway Samba domain
    python3 unchanged.py --keep                         20,000 users: 20 minutes, nearly all of them to prepare it
    ../../tests/samba/stop                              quicker than to remove so many users

Each user has a photo of 3 MB. It is a JPEG of 96 to 200 pixels, no two alike, and behind its end the file goes on with a
hole: it has the size of a photo, and takes the room of a thumbnail on the disk. The first import reads all of them and is
not measured. Then come the nights: the wall time from the start of the process to its end, the median of the rounds, and
the largest resident set (wait4) of all rounds. In the last night strace looks on: no photo may be opened. Of each night,
all records must be unchanged.
"""

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from compare import SIZE, spend
from domain import bench, user
from scale import make_photos

HERE = Path(__file__).resolve().parent
BYTES = 3_000_000
SETTLED = 3  # seconds after which a file that was written is not read again for that
MAX_SECONDS = 10
MAX_MEMORY = 100  # MB


def grow(folder):
    """Makes each photo as large as a camera's, at the cost of no room on the disk."""
    for photo in folder.iterdir():
        os.truncate(photo, BYTES)


def make(folder, count):
    make_photos(folder, 0, count)
    grow(folder)


def night(asked, environment, status, count):
    """A run; gives seconds and peak memory in MB."""
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "report.json"
        with tempfile.TemporaryFile() as said:
            began = time.monotonic()
            code, used = spend([*asked, "--report", str(report)], stdout=said, stderr=said, env=environment)
            wall = time.monotonic() - began
            if code != 0:
                said.seek(0)
                sys.exit(f"adphoto failed: exit {code}\n" + said.read().decode(errors="replace")[-2000:])
        counts = json.loads(report.read_text())["summary"]
        if counts != {status: count}:
            sys.exit(f"not all are {status}: {counts}")
    return wall, used.ru_maxrss / 1024


def opened(asked, environment, folder):
    """How many photos a run opens."""
    with tempfile.TemporaryDirectory() as place:
        trace = Path(place) / "trace"
        looked = ["strace", "-f", "--seccomp-bpf", "-e", "trace=open,openat,openat2", "-o", str(trace), *asked]
        done = subprocess.run(looked, capture_output=True, env=environment)
        if done.returncode != 0:
            sys.exit(f"strace failed: {done.stderr.decode(errors='replace')[-2000:]}")
        lines = trace.read_text(errors="replace").splitlines()
    if not any("open" in line for line in lines):
        sys.exit("strace saw nothing")
    return sum(f'"{folder}/' in line for line in lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adphoto", default=str(HERE.parents[1] / "target/dist/adphoto"))
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", action="store_true", help="leave the users, where the domain is thrown away")
    arguments = parser.parse_args()
    count = arguments.users

    floor = spend(["true"])[1].ru_maxrss / 1024
    with bench(arguments.keep) as domain, tempfile.TemporaryDirectory() as place:
        photos = Path(place) / "photos"
        photos.mkdir()
        domain.add_users(0, count)
        # In a process of its own: this one's peak is the least that wait4 can tell of a child's.
        maker = multiprocessing.Process(target=make, args=(photos, count))
        maker.start()
        maker.join()
        time.sleep(SETTLED)
        environment = os.environ | {"XDG_STATE_HOME": place}
        asked = domain.adphoto(arguments.adphoto, photos)
        first, _ = night(asked, environment, "written", count)
        domain.verify(count, count, SIZE, "adphoto")
        print(f"the first import took {first:.0f} s", file=sys.stderr, flush=True)
        rounds = [night(asked, environment, "unchanged", count) for _ in range(arguments.rounds)]
        seen = opened(asked, environment, photos)
    seconds, memory = median(wall for wall, _ in rounds), max(peak for _, peak in rounds)
    at_most = "at most " if memory <= floor else ""
    print(f"{count} photos of {BYTES / 1e6:.0f} MB, nothing changed: {seconds:.1f} s, {at_most}{memory:.0f} MB, "
          f"{seen} photos opened (at most {MAX_SECONDS} s, {MAX_MEMORY} MB, none)")
    sys.exit(0 if seconds <= MAX_SECONDS and memory <= MAX_MEMORY and seen == 0 else 1)


if __name__ == "__main__":
    main()
