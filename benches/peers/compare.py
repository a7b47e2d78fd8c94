#!/usr/bin/env python3
"""Measures the CPU time that adphoto and other tools take to make 96x96 thumbnails of a folder of photos.

    apt-get install libvips-tools imagemagick; pip install pillow numpy pillow-heif
    cargo build --profile dist --package adphoto
    python3 corpus.py FOLDER
    python3 compare.py FOLDER                           every kind in it, five rounds
    python3 compare.py FOLDER 12mp-baseline --only adphoto,vips

Every tool does the same: photo in, oriented by its EXIF, shrunk, cropped to the middle square, JPEG of 96x96 out. What
is counted is user and system CPU time of the tool's process with its threads and children (wait4): unlike wall time it
does not depend on how many cores a tool may use. All files of a kind go to one process, which is the kindest way to
call each tool. Of photos above 256 KB, slow tools get an evenly spread part (--slow-count), over which their start-up
is spread too: Pillow's is 80 ms, 4 ms a photo with 20 photos, so give 100 where that matters (3mp-baseline).

Files are read once beforehand, and thumbnails are written into memory (/dev/shm), so that no disk is measured. The
tools take turns, and each round begins with another, so that a machine that warms up or is busy for a while treats all
alike. The table has the median of the rounds. The factor is how many photos a tool makes in the CPU time in which
vipsthumbnail makes one: the median of each round's. A tool that cannot make a thumbnail of a kind's first photo is left
out there, and the table says "cannot read".

  adphoto       adphoto convert, as it is
  vips          vipsthumbnail, which lets libjpeg decode at 1/8 scale. It takes file after file; its threads share one
                picture and gain nothing at this size: VIPS_CONCURRENCY 1, 2 and 8 take the same CPU and wall time.
                Of an iPhone's HEIC it takes the embedded thumbnail; files of corpus.py have none
  pillow-draft  Pillow as an expert would: draft() decodes a JPEG at 1/8 scale, then reduce() and Lanczos. Of an
                iPhone's HEIC, draft() takes the embedded thumbnail, too
  magick-hint   ImageMagick's mogrify with -define jpeg:size, which also decodes at a smaller scale
  pillow        Pillow as most scripts do: decode all, ImageOps.fit with Lanczos. pillow-heif (libheif) reads HEIC
  magick        mogrify -thumbnail, which samples before it resamples (plain -resize takes three times as long). One
                process for all files, one thread; convert for each file and OpenMP's threads took as much
"""

import argparse
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

SIZE = 96
SLOW = ("pillow", "magick")
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # where thumbnails go; None is the usual temporary folder
SMALL_FILE = 256 * 1024  # bytes; all tools get all photos of a kind whose files are smaller
# "strip" drops metadata, which Pillow does without being asked. Pillow and ImageMagick are told to keep the colour of
# every pixel (4:4:4), as vips does at this quality and adphoto always does.
MAGICK = ["-auto-orient", "-thumbnail", f"{SIZE}x{SIZE}^", "-gravity", "center", "-extent", f"{SIZE}x{SIZE}",
          "-strip", "-sampling-factor", "4:4:4", "-quality", "90"]
PILLOW = f"""
import os, sys
from PIL import Image, ImageOps
how, folder, *photos = sys.argv[1:]
if photos[0].lower().endswith(".heic"):
    import pillow_heif
    pillow_heif.register_heif_opener()
for photo in photos:
    with Image.open(photo) as image:
        if how == "draft":
            image.draft("RGB", ({2 * SIZE}, {2 * SIZE}))
        picture = ImageOps.exif_transpose(image)
        if how == "draft" and (factor := min(picture.size) // {2 * SIZE}) > 1:
            picture = picture.reduce(factor)
        picture = ImageOps.fit(picture, ({SIZE}, {SIZE}), Image.Resampling.LANCZOS)
        name = os.path.splitext(os.path.basename(photo))[0] + ".jpg"
        picture.convert("RGB").save(os.path.join(folder, name), quality=90, subsampling="4:4:4")
"""


def command(tool, arguments, photos, out):
    """Returns the command that makes thumbnails of the photos, which are all in one folder, in the folder `out`."""
    files = [str(photo) for photo in photos]
    match tool:
        case "adphoto":
            return [arguments.adphoto, "convert", str(photos[0].parent), out, "--jobs", str(arguments.jobs)]
        case "vips":
            crop = ["--size", f"{SIZE}x{SIZE}", "--smartcrop", "centre"]
            return ["vipsthumbnail", *crop, "-o", f"{out}/%s.jpg[Q=90,strip]", *files]
        case "pillow" | "pillow-draft":
            return [sys.executable, "-c", PILLOW, tool.removeprefix("pillow-"), out, *files]
        case "magick":
            return ["mogrify", "-format", "jpg", "-path", out, *MAGICK, *files]
        case "magick-hint":
            hint = ["-define", f"jpeg:size={2 * SIZE}x{2 * SIZE}"]
            return ["mogrify", "-format", "jpg", *hint, "-path", out, *MAGICK, *files]


TOOLS = ("adphoto", "vips", "pillow-draft", "magick-hint", "pillow", "magick")


def version(tool, arguments):
    """Returns the first line that the tool prints about its version, or None if it is not installed."""
    if tool.startswith("pillow"):
        asked = [sys.executable, "-c", "import PIL; from PIL import features as f; print('Pillow', PIL.__version__ + "
                 "', libjpeg-turbo', f.version_feature('libjpeg_turbo'))"]
    else:
        asked = [command(tool, arguments, [Path()], "")[0], "--version"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True)
    except OSError:
        return None
    return answer.stdout.splitlines()[0] if answer.returncode == 0 and answer.stdout else None


def dimensions(data):
    """Returns the width and height in a JPEG's frame header, or None."""
    at = 2
    while data[:2] == b"\xff\xd8" and at + 9 <= len(data):
        marker, length = struct.unpack_from(">xBH", data, at)
        if 0xC0 <= marker <= 0xC2:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 + length
    return None


def spend(asked, **options):
    """Runs a command to its end; returns its exit code and the resources that it and its children used."""
    child = subprocess.Popen(asked, **options)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)  # otherwise Popen would wait for the child again
    return child.returncode, used


class Failed(SystemExit):
    """A tool did not make every thumbnail. Where nobody catches it, the script ends with its text."""


def check(tool, code, photos, out, said):
    """Raises Failed unless the tool, which ended with this exit code, made a thumbnail of each photo in `out`."""
    made = {path.stem: dimensions(path.read_bytes()) for path in Path(out).iterdir()}
    bad = [photo.name for photo in photos if made.get(photo.stem) != (SIZE, SIZE)]
    if code != 0 or bad:
        said.seek(0)
        why = f"exit {code}, no {SIZE}x{SIZE} JPEG for {len(bad)} of {len(photos)} photos {bad[:3]}"
        raise Failed(f"{tool} failed: {why}\n" + said.read().decode(errors="replace")[-2000:])


def can_read(tool, arguments, photo):
    """Returns whether the tool makes a thumbnail of this photo, which lies alone in a folder."""
    with tempfile.TemporaryDirectory() as alone:
        copy = Path(shutil.copy(photo, alone))
        try:
            run(tool, arguments, [copy])
        except Failed as failed:
            print(str(failed), file=sys.stderr)
            return False
    return True


def run(tool, arguments, photos):
    """Runs the tool once; returns CPU and wall time in milliseconds per photo, and its peak memory in MB.

    Raises Failed unless the tool makes a thumbnail of each photo.
    """
    with tempfile.TemporaryDirectory(dir=MEMORY) as out, tempfile.TemporaryFile() as said:
        environment = os.environ | {"VIPS_CONCURRENCY": "1", "MAGICK_THREAD_LIMIT": "1"}
        began = time.monotonic()
        code, used = spend(command(tool, arguments, photos, out), stdout=said, stderr=said, env=environment)
        wall = time.monotonic() - began
        check(tool, code, photos, out, said)
    per_photo = 1000 / len(photos)
    return (used.ru_utime + used.ru_stime) * per_photo, wall * per_photo, used.ru_maxrss / 1024


def measure(kind, tools, arguments):
    """Runs all rounds of a kind; returns a list of (CPU, wall, memory) for each tool, which is empty for a tool that
    cannot read this kind."""
    photos = sorted(path for path in (arguments.corpus / kind).iterdir() if path.is_file())
    if not photos:
        sys.exit(f"no files in {arguments.corpus / kind}")
    for photo in photos:
        # Files are read in small pieces: the peak memory of this script is a lower limit for what can be measured of a
        # child.
        with photo.open("rb") as file, open(os.devnull, "wb") as nowhere:
            shutil.copyfileobj(file, nowhere, 65536)
    few = photos[:: max(1, len(photos) // arguments.slow_count)][: arguments.slow_count]
    if photos[0].stat().st_size < SMALL_FILE:
        few = photos
    results = {tool: [] for tool in tools}
    tools = [tool for tool in tools if can_read(tool, arguments, photos[0])]
    for number in range(arguments.rounds):
        first = number % len(tools)
        for tool in tools[first:] + tools[:first]:
            results[tool].append(run(tool, arguments, few if tool in SLOW else photos))
            print(f"{kind}, round {number + 1}, {tool}: {results[tool][-1][0]:.1f} ms CPU", file=sys.stderr, flush=True)
    return results


def row(kind, results):
    cells = [kind]
    for tool, rounds in results.items():
        if not rounds:
            cells.append("cannot read")
            continue
        cell = f"{median(cpu for cpu, _, _ in rounds):.1f}"
        if results.get("vips"):
            factors = (vips[0] / own[0] for vips, own in zip(results["vips"], rounds))
            cell += f" ({median(factors):.2f}×)"
        cells.append(cell)
    if results.get("adphoto"):
        cells.append(f"{median(wall / cpu for cpu, wall, _ in results['adphoto']):.2f}")
        peak = max(memory for _, _, memory in results["adphoto"])
        # A process starts with its parent's peak, so wait4 cannot measure a peak that is lower than this script's own.
        floor = spend(["true"])[1].ru_maxrss / 1024
        cells.append(f"≤ {floor:.0f}" if peak <= floor else f"{peak:.0f}")
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="the folder that corpus.py made")
    parser.add_argument("kinds", nargs="*", help="its sub-folders to measure (default: all)")
    parser.add_argument("--adphoto", default=str(Path(__file__).resolve().parents[2] / "target/dist/adphoto"))
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="adphoto's --jobs (default: one for each core)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slow-count", type=int, default=20, help=f"photos for {' and '.join(SLOW)} (20)")
    parser.add_argument("--only", default=",".join(TOOLS), help="comma-separated: " + ", ".join(TOOLS))
    arguments = parser.parse_args()
    only = arguments.only.split(",")
    if unknown := set(only) - set(TOOLS):
        parser.error(f"no such tool: {', '.join(sorted(unknown))}")

    versions = {tool: version(tool, arguments) for tool in TOOLS if tool in only}
    tools = [tool for tool, found in versions.items() if found]
    for tool, found in versions.items():
        print(f"- {tool}: {found or 'not installed, left out'}")
    if not tools:
        sys.exit("nothing to measure")
    print(f"\nCPU milliseconds per photo (photos made in vipsthumbnail's time for one); {arguments.rounds} rounds, "
          f"adphoto with --jobs {arguments.jobs} on {os.cpu_count()} cores\n")
    heads = ["kind", *tools] + (["adphoto wall/CPU", "adphoto peak MB"] if "adphoto" in tools else [])
    print("| " + " | ".join(heads) + " |\n|---" + "|--:" * (len(heads) - 1) + "|", flush=True)
    for kind in arguments.kinds or sorted(path.name for path in arguments.corpus.iterdir() if path.is_dir()):
        print(row(kind, measure(kind, tools, arguments)), flush=True)


if __name__ == "__main__":
    main()
