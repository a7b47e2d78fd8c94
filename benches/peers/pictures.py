#!/usr/bin/env python3
"""Measures the CPU time that adphoto and other tools take to make the twelve account pictures of each of many photos.

    apt-get install libvips-tools ldb-tools; pip install pillow numpy
    cargo build --profile dist --package adphoto
    python3 corpus.py FOLDER --kinds 12mp-baseline,12mp-progressive,3mp-baseline
    eval "$(../../tests/samba/start)"                   as root: a throwaway Samba domain
    python3 pictures.py FOLDER                          every kind in it, five rounds
    python3 pictures.py FOLDER 12mp-baseline --rounds 3 --photos 40

Every tool does the same: photo in, oriented by its EXIF, cropped to the middle square, JPEGs of 32 to 1080 pixels out.
What is counted is user and system CPU time of the tool's processes with their threads and children (wait4), and wall
time beside it. adphoto's includes asking the directory whose the photos are, and twelve files and the comparison with
those that are there; the others only make files. Samba's own time is not counted.

Files are read once beforehand, so that no disk is measured. The tools take turns, and each round begins with another.
The table has the median of the rounds. The factor is how many photos a tool makes in the CPU time in which adphoto makes
one: the median of each round's.

  adphoto       adphoto publish: each photo is decoded once
  vips          vipsthumbnail, twelve runs, each over all photos: libjpeg decodes at the smallest scale that is enough
  pillow        Pillow: each photo is decoded once, and the twelve pictures are resized from its middle square (Lanczos)
  pillow-over   the same as an expert would: the small pictures are resized from the largest one, as adphoto does
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from compare import dimensions, spend, version
from domain import bench, user

HERE = Path(__file__).resolve().parent
SIZES = (32, 40, 48, 64, 96, 192, 200, 208, 240, 424, 448, 1080)
TOOLS = ("adphoto", "vips", "pillow", "pillow-over")
# Roughly adphoto's qualities: what is small is kept well, and the largest is small in bytes.
PILLOW = f"""
import os, sys
from PIL import Image, ImageOps
how, folder, *photos = sys.argv[1:]
def quality(size):
    return 95 if size <= 96 else 92 if size <= 240 else 88 if size <= 448 else 85
for photo in photos:
    with Image.open(photo) as image:
        if how == "over":
            image.draft("RGB", (1080, 1080))
        picture = ImageOps.exif_transpose(image)
        side = min(picture.size)
        left, top = (picture.size[0] - side) // 2, (picture.size[1] - side) // 2
        whole = picture.crop((left, top, left + side, top + side))
        if how == "over":
            whole = whole.resize((1080, 1080), Image.Resampling.LANCZOS)
        person = os.path.join(folder, os.path.splitext(os.path.basename(photo))[0])
        os.mkdir(person)
        for size in {SIZES}:
            small = whole if whole.size[0] == size else whole.resize((size, size), Image.Resampling.LANCZOS)
            subsampling = "4:2:0" if size > 448 else "4:4:4"
            small.save(os.path.join(person, f"Image{{size}}.jpg"), quality=quality(size), subsampling=subsampling)
"""


def commands(tool, arguments, domain, photos, out):
    """What to run, one after the other, to make the pictures of the photos, which are all in one folder."""
    files = [str(photo) for photo in photos]
    match tool:
        case "adphoto":
            asked = domain.adphoto(arguments.adphoto, out, "--photos", str(photos[0].parent), "--allow-identical",
                                   "--base-dn", domain.unit, "--jobs", str(arguments.jobs))
            return [[asked[0], "publish", *asked[2:]]]
        case "vips":
            def run(size):
                quality = 95 if size <= 96 else 92 if size <= 240 else 88 if size <= 448 else 85
                crop = ["--size", f"{size}x{size}", "--smartcrop", "centre"]
                return ["vipsthumbnail", *crop, "-o", f"{out}/%s-{size}.jpg[Q={quality},strip]", *files]
            return [run(size) for size in SIZES]
        case _:
            return [[sys.executable, "-c", PILLOW, tool.removeprefix("pillow-"), out, *files]]


def run(tool, arguments, domain, photos):
    """Runs the tool once; gives CPU and wall time in milliseconds per photo."""
    with tempfile.TemporaryDirectory() as out, tempfile.TemporaryFile() as said:
        environment = domain.environment | {"VIPS_CONCURRENCY": "1"}
        cpu, began = 0, time.monotonic()
        for asked in commands(tool, arguments, domain, photos, out):
            code, used = spend(asked, stdout=said, stderr=said, env=environment)
            cpu += used.ru_utime + used.ru_stime
            if code != 0:
                said.seek(0)
                sys.exit(f"{tool} failed: exit {code}\n" + said.read().decode(errors="replace")[-2000:])
        wall = time.monotonic() - began
        made = [dimensions(path.read_bytes()) for path in Path(out).rglob("*.jpg")]
        if sorted(made) != sorted((size, size) for size in SIZES for _ in photos):
            sys.exit(f"{tool} failed: {len(made)} JPEGs, not {len(SIZES) * len(photos)} of the right sizes")
    return 1000 * cpu / len(photos), 1000 * wall / len(photos)


def measure(kind, tools, arguments, domain, work):
    """Runs all rounds of a kind; gives for each tool its list of (CPU, wall)."""
    corpus = sorted((arguments.corpus / kind).glob("*.jpg"))
    if not corpus:
        sys.exit(f"no .jpg files in {arguments.corpus / kind}")
    folder = work / kind
    folder.mkdir()
    photos = [folder / f"{user(number)}.jpg" for number in range(arguments.photos)]
    for number, photo in enumerate(photos):
        photo.symlink_to(corpus[number % len(corpus)].resolve())
        with photo.open("rb") as file, open(os.devnull, "wb") as nowhere:
            shutil.copyfileobj(file, nowhere, 65536)
    results = {tool: [] for tool in tools}
    for number in range(arguments.rounds):
        first = number % len(tools)
        for tool in tools[first:] + tools[:first]:
            results[tool].append(run(tool, arguments, domain, photos))
            cpu, wall = results[tool][-1]
            print(f"{kind}, round {number + 1}, {tool}: {cpu:.1f} ms CPU, {wall:.1f} ms wall", file=sys.stderr, flush=True)
    return results


def row(kind, results):
    cells = [kind]
    for rounds in results.values():
        cell = f"{median(cpu for cpu, _ in rounds):.1f}"
        if "adphoto" in results and rounds is not results["adphoto"]:
            factors = (adphoto[0] / own[0] for adphoto, own in zip(results["adphoto"], rounds))
            cell += f" ({median(factors):.2f}×)"
        cells.append(cell + f", {median(wall for _, wall in rounds):.1f}")
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="the folder that corpus.py made")
    parser.add_argument("kinds", nargs="*", help="its sub-folders to measure (default: all)")
    parser.add_argument("--adphoto", default=str(HERE.parents[1] / "target/dist/adphoto"))
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="adphoto's --jobs (default: one for each core)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--photos", type=int, default=100, help="photos of each kind, and users (100)")
    parser.add_argument("--only", default=",".join(TOOLS), help="comma-separated: " + ", ".join(TOOLS))
    arguments = parser.parse_args()
    tools = arguments.only.split(",")
    if unknown := set(tools) - set(TOOLS):
        parser.error(f"no such tool: {', '.join(sorted(unknown))}")

    for tool in tools:
        found = version(tool, arguments)
        print(f"- {tool}: {found or 'not installed'}")
        if not found:
            sys.exit(f"{tool} is not installed: leave it out with --only")
    print(f"\nmilliseconds per photo, CPU (photos made in adphoto's CPU time for one) and wall; {arguments.rounds} rounds of "
          f"{arguments.photos} photos, adphoto with --jobs {arguments.jobs} on {os.cpu_count()} cores\n")
    print("| kind | " + " | ".join(tools) + " |\n|---" + "|--:" * len(tools) + "|", flush=True)
    with bench() as domain, tempfile.TemporaryDirectory() as work:
        domain.add_users(0, arguments.photos)
        for kind in arguments.kinds or sorted(path.name for path in arguments.corpus.iterdir() if path.is_dir()):
            print(row(kind, measure(kind, tools, arguments, domain, Path(work))), flush=True)


if __name__ == "__main__":
    main()
