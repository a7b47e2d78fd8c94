#!/usr/bin/env python3
"""Measures how long adphoto and vipsthumbnail take to make thumbnails of photos on a slow share.

    apt-get install gcc libvips-tools
    cargo build --profile dist --package adphoto
    python3 corpus.py FOLDER
    python3 share.py FOLDER                             200 photos of 12 megapixels at 0, 20 and 60 ms
    python3 share.py FOLDER 12mp-baseline --ms 60 --only adphoto

The share is a folder on the local disk that share.c makes slow, a library that is loaded before those of the program
(LD_PRELOAD). To open a file, to look at a path (stat), and to fetch each megabyte of a file take one round trip each; the
line carries 100 MB a second (--rate), for all threads and processes together. A client that reads ahead would need fewer
round trips: here, a program has to read many files at the same time. Thumbnails are written to the local disk.

  adphoto       adphoto convert, as it is
  adphoto-16    the same with --jobs 16
  vips          vipsthumbnail for all files: it takes file after file
  vips-16       xargs -P 16 with vipsthumbnail for ten files each

For each there are wall and CPU time in seconds, the peak memory of the largest process in MB, and what no program can be
faster than: the time of the link (all bytes at the rate of the line), and that of the processors (the program's own CPU
time, spread over all cores). The ratio is wall time to the larger of the two. The programs take turns, and each round
begins with another. The table has the median of the rounds, and the largest memory. With adphoto, the ratio at the
slowest line must be at most 1.25, and memory below 200 MB.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from compare import SIZE, check, spend

HERE = Path(__file__).resolve().parent
MAX_RATIO = 1.25
MAX_MEMORY = 200  # MB
VIPS = ["vipsthumbnail", "--size", f"{SIZE}x{SIZE}", "--smartcrop", "centre"]
TOOLS = ("adphoto", "adphoto-16", "vips", "vips-16")


def command(tool, arguments, photos, out):
    """Returns the command that makes thumbnails of the photos, which are all in one folder, in the folder `out`."""
    files = [str(photo) for photo in photos]
    vips = [*VIPS, "-o", f"{out}/%s.jpg[Q=90,strip]"]
    match tool:
        case "adphoto":
            return [arguments.adphoto, "convert", str(photos[0].parent), out]
        case "adphoto-16":
            return [arguments.adphoto, "convert", str(photos[0].parent), out, "--jobs", "16"]
        case "vips":
            return [*vips, *files]
        case "vips-16":
            return ["xargs", "-a", f"{photos[0].parent}.list", "-n", "10", "-P", "16", *vips]


def lay_out(arguments, folder):
    """Copies the photos of the corpus to `folder`, as often as is needed. Returns the copies."""
    photos = sorted((arguments.corpus / arguments.kind).glob("*.jpg"))
    if not photos:
        sys.exit(f"no .jpg files in {arguments.corpus / arguments.kind}")
    folder.mkdir()
    copies = [folder / f"{number:04}.jpg" for number in range(arguments.photos)]
    for number, copy in enumerate(copies):
        # They are in the memory of the system then, so that no disk is measured.
        shutil.copyfile(photos[number % len(photos)], copy)
    Path(f"{folder}.list").write_text("".join(f"{copy}\n" for copy in copies))
    return copies


def run(tool, arguments, photos, library, ms):
    """Runs the tool once; returns its wall and CPU time in seconds, and its peak memory in MB."""
    with tempfile.TemporaryDirectory() as out, tempfile.TemporaryFile() as said, tempfile.NamedTemporaryFile() as line:
        line.truncate(4096)
        share = {"SHARE": str(photos[0].parent), "SHARE_MS": str(ms), "SHARE_MB": str(arguments.rate),
                 "SHARE_LINE": line.name, "LD_PRELOAD": str(library)}
        environment = os.environ | {"VIPS_CONCURRENCY": "1"} | share
        began = time.monotonic()
        code, used = spend(command(tool, arguments, photos, out), stdout=said, stderr=said, env=environment)
        wall = time.monotonic() - began
        check(tool, code, photos, out, said)
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def measure(tools, arguments, photos, library, ms):
    """Runs all rounds at one latency; returns a list of (wall, CPU, memory) for each tool."""
    results = {tool: [] for tool in tools}
    for number in range(arguments.rounds):
        first = number % len(tools)
        for tool in tools[first:] + tools[:first]:
            results[tool].append(run(tool, arguments, photos, library, ms))
            print(f"{ms} ms, round {number + 1}, {tool}: {results[tool][-1][0]:.1f} s", file=sys.stderr, flush=True)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="the folder that corpus.py made")
    parser.add_argument("kind", nargs="?", default="12mp-baseline", help="its sub-folder (default: %(default)s)")
    parser.add_argument("--adphoto", default=str(HERE.parents[1] / "target/dist/adphoto"))
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--ms", default="0,20,60", help="round trips in milliseconds (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=100, help="megabytes a second (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join(TOOLS), help="comma-separated: " + ", ".join(TOOLS))
    arguments = parser.parse_args()
    tools = arguments.only.split(",")
    if unknown := set(tools) - set(TOOLS):
        parser.error(f"no such tool: {', '.join(sorted(unknown))}")
    if not shutil.which("vipsthumbnail"):
        print("- vipsthumbnail: not installed, left out")
        tools = [tool for tool in tools if not tool.startswith("vips")]

    missed = []
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "share.so"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, HERE / "share.c", "-ldl"], check=True)
        photos = lay_out(arguments, Path(folder).resolve() / "photos")
        link = sum(photo.stat().st_size for photo in photos) / 1e6 / arguments.rate
        print(f"{len(photos)} photos, {arguments.rate:g} MB/s, {os.cpu_count()} cores, {arguments.rounds} rounds; the "
              f"link takes {link:.1f} s\n")
        print("| round trip | tool | wall s | CPU s | processors s | wall / max(link, processors) | peak MB |\n"
              "|--:|---|--:|--:|--:|--:|--:|", flush=True)
        latencies = sorted(float(ms) for ms in arguments.ms.split(","))
        for ms in latencies:
            for tool, rounds in measure(tools, arguments, photos, library, ms).items():
                wall, cpu = (median(values) for values in list(zip(*rounds))[:2])
                memory = max(memory for _, _, memory in rounds)
                bound = lambda cpu: max(link, cpu / os.cpu_count())
                ratio = median(wall / bound(cpu) for wall, cpu, _ in rounds)
                print(f"| {ms:g} ms | {tool} | {wall:.1f} | {cpu:.1f} | {cpu / os.cpu_count():.1f} | {ratio:.2f} | "
                      f"{memory:.0f} |", flush=True)
                if tool == "adphoto" and ms == latencies[-1] and (ratio > MAX_RATIO or memory >= MAX_MEMORY):
                    missed.append(f"adphoto at {ms:g} ms: {ratio:.2f} times the bound, {memory:.0f} MB")
    if missed:
        sys.exit("missed: " + "; ".join(missed))


if __name__ == "__main__":
    main()
