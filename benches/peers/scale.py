#!/usr/bin/env python3
"""Measures adphoto import and audit with ever more users: seconds, operations sent, and peak memory.

    apt-get install ldb-tools; pip install pillow
    cargo build --profile dist --package adphoto
    eval "$(../../tests/samba/start)"                   as root: a throwaway Samba domain
    python3 scale.py --keep                             1,000, 10,000 and 20,000 users: 15 minutes
    ../../tests/samba/stop                              quicker than to remove so many users
    python3 scale.py --users 500,1000,2000 --rounds 1

A domain of so many users, who all get their first photo. Photos are JPEGs of 96 to 200 pixels, no two alike, so that it
is the directory that is measured, not the decoder: 96 pixels go in as they are, others are rendered. The time is the
wall time from the start of the process to its end, the median of the rounds, and the memory its largest resident set
(wait4), the largest of all rounds. Operations are counted in a run of its own, through counter.py. After each run all
photos are looked at. Then the same users are audited, as often.

Making and removing users is the slow part: Samba takes milliseconds for each, and more, the more there are.
"""

import argparse
import io
import json
import multiprocessing
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from compare import SIZE, spend
from domain import bench, user

HERE = Path(__file__).resolve().parent
SIZES = (96, 120, 150, 200)
MAX_GROWTH = 1.1  # the most by which the time per user may grow from one number of users to the next
MAX_MEMORY = 100  # MB, of an import and of an audit
KEYS_A_SEARCH = 100
MORE_SEARCHES = 10


def make_photos(folder, first, end):
    """Makes photos for a range of users. They are enlarged small pictures: quick to make, and all different."""
    from PIL import Image

    for number in range(first, end):
        size = SIZES[number % len(SIZES)]
        small = Image.frombytes("RGB", (8, 8), random.Random(number).randbytes(192))
        out = io.BytesIO()
        small.resize((size, size), Image.Resampling.BICUBIC).save(out, "JPEG", quality=85)
        (folder / f"{user(number)}.jpg").write_bytes(out.getvalue())


def imported(domain, arguments, folder, count, port=None):
    """Imports the photos of this many users, who have none; returns the seconds and the peak memory in MB."""
    domain.clear_photos(count)
    with tempfile.TemporaryFile() as said:
        began = time.monotonic()
        code, used = spend(domain.adphoto(arguments.adphoto, folder, "--allow-identical", port=port), stdout=said, stderr=said)
        wall = time.monotonic() - began
        if code != 0:
            said.seek(0)
            sys.exit(f"adphoto failed: exit {code}\n" + said.read().decode(errors="replace")[-2000:])
    domain.verify(count, count, SIZE, "adphoto")
    return wall, used.ru_maxrss / 1024


def audited(domain, arguments, count):
    """Audits so many users, who all have a photo; gives seconds and peak memory in MB."""
    asked = domain.adphoto(arguments.adphoto, "", "--base-dn", domain.unit)
    asked[1:3] = ["audit"]
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "report.json"
        began = time.monotonic()
        code, used = spend([*asked, "--report", str(report)], stdout=subprocess.DEVNULL)
        wall = time.monotonic() - began
        accounts = sum(json.loads(report.read_text())["summary"].values()) if code == 0 else 0
    if accounts != count:
        sys.exit(f"adphoto audit failed: exit {code}, {accounts} accounts")
    return wall, used.ru_maxrss / 1024


def operations(domain, arguments, folder, count):
    """Returns the number of operations that adphoto sends to the domain controller, by kind."""
    asked = [sys.executable, str(HERE / "counter.py"), f"{domain.host}:{domain.port}",
             "--certificate", str(domain.directory / "cert.pem"), "--key", str(domain.directory / "key.pem")]
    with subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as counter:
        try:
            imported(domain, arguments, folder, count, port=int(counter.stdout.readline()))
        finally:
            counter.stdin.close()
        return json.loads(counter.stdout.read())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adphoto", default=str(HERE.parents[1] / "target/dist/adphoto"))
    parser.add_argument("--users", default="1000,10000,20000", help="ever more, comma-separated (1000,10000,20000)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", action="store_true", help="leave the users, where the domain is thrown away")
    arguments = parser.parse_args()

    missed, before, there = [], None, 0
    columns = ("bind", "accounts search", "photos search", "other search", "modify", "searches at once",
               "modifies at once")
    heads = ("users", "seconds", "users/s", "peak MB", "audit seconds", "audit MB", *columns)
    print("| " + " | ".join(heads) + " |\n" + "|--:" * len(heads) + "|")
    floor = spend(["true"])[1].ru_maxrss / 1024
    with bench(arguments.keep) as domain, tempfile.TemporaryDirectory() as folder:
        for count in map(int, arguments.users.split(",")):
            domain.add_users(there, count)
            # Photos are made in another process: the peak memory of this one is a lower limit for what wait4 can tell
            # of a child.
            maker = multiprocessing.Process(target=make_photos, args=(Path(folder), there, count))
            maker.start()
            maker.join()
            there = count
            rounds = [imported(domain, arguments, folder, count) for _ in range(arguments.rounds)]
            seconds, memory = median(wall for wall, _ in rounds), max(peak for _, peak in rounds)
            asked = operations(domain, arguments, folder, count)
            audits = [audited(domain, arguments, count) for _ in range(arguments.rounds)]
            of_audit = max(peak for _, peak in audits)
            peak, audit_peak = (f"≤ {floor:.0f}" if memory <= floor else f"{memory:.0f}" for memory in (memory, of_audit))
            cells = [count, f"{seconds:.1f}", f"{count / seconds:.0f}", peak,
                     f"{median(wall for wall, _ in audits):.1f}", audit_peak]
            print("| " + " | ".join(map(str, cells + [asked.get(name, 0) for name in columns])) + " |", flush=True)

            if max(memory, of_audit) > MAX_MEMORY:
                missed.append(f"{count} users: {max(memory, of_audit):.0f} MB, more than {MAX_MEMORY}")
            if asked["accounts search"] > count / KEYS_A_SEARCH + MORE_SEARCHES:
                missed.append(f"{count} users: {asked['accounts search']} searches for accounts")
            if asked["modify"] != count:
                missed.append(f"{count} users: {asked['modify']} modifies")
            if before and seconds / before[1] > MAX_GROWTH * count / before[0]:
                missed.append(f"{count} users take {seconds / before[1]:.2f} times as long as {before[0]}")
            before = count, seconds
    print("\nas it must be" if not missed else "\nnot as it must be: " + "; ".join(missed))
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
