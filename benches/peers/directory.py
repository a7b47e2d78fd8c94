#!/usr/bin/env python3
"""Measures how many photos a second reach the directory: adphoto, the scripts that people use, and ready-made tools.

    apt-get install libvips-tools ldap-utils ldb-tools; pip install pillow numpy ldap3
    cargo build --profile dist --package adphoto
    python3 corpus.py FOLDER --kinds 12mp-baseline,12mp-optimized,12mp-444,12mp-progressive
    eval "$(../../tests/samba/start)"                   as root: a throwaway Samba domain
    python3 directory.py FOLDER                         1,000 photos, three rounds: 25 minutes
    python3 directory.py FOLDER 12mp-baseline --rounds 1 --photos 100 --slow-photos 20

Each tool starts from users without photos, and must end with a 96x96 JPEG at each of them, which is looked at
afterwards; neither that nor the clearing is measured. What counts is the wall time from the start of the process to its
end, by one ldaps connection, once straight to Samba ("0 ms") and once through relay.py, which delays each direction by
10 ms ("20 ms"; its own work adds up to one more). Samba runs on this machine and takes its share of the processors from
every tool.

  adphoto    adphoto import, as it is: reads what is there first, and overwrites no photo that has changed meanwhile
  expert     expert.py: Pillow with draft(), python-ldap3, one search and one modify for each file
  naive      naive.py: the same, but Pillow decodes every pixel
  vips-ldif  vips-ldif.sh: vipsthumbnail on all cores, one ldapsearch for all DNs, one ldapmodify
  before     another build of adphoto (--before): --only adphoto,before --before ADPHOTO tells what a change costs, and
             of a build whose src/journal/writer.rs appends nothing and syncs nothing, what the journal costs

Photos are links to corpus.py's files, named after the users, as many of each kind in the mix. Files are read once
beforehand, so that no disk is measured. Rates are per photo, and slow tools get fewer (--slow-photos). Tools take
turns, and each round begins with another. The table has the median of the rounds; the factor is how many photos adphoto
writes while the tool writes one, the median of each round's.
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from compare import SIZE, spend
from domain import bench, user

HERE = Path(__file__).resolve().parent
MIXES = ["12mp-baseline,12mp-optimized,12mp-444,12mp-progressive", "12mp-baseline"]
TOOLS = ("adphoto", "vips-ldif", "expert", "naive")
OTHERS = ("before",)
SLOW = ("naive",)
DELAYS = (0, 10)  # in each direction, in milliseconds
# adphoto must be at least this many times as fast, at each delay.
MUST = {"expert": (3, 6), "naive": (15, 15), "vips-ldif": (1, 1), "before": (0.9, 0.9)}
# And this many times as the expert's script on the first mix.
MUST_OF_MIX = (8, 12)


def command(tool, arguments, domain, folder, port):
    """Returns the command that imports the photos of the folder."""
    password = str(domain.password_file)
    match tool:
        case "adphoto":
            return domain.adphoto(arguments.adphoto, folder, "--allow-identical", port=port)
        case "before":
            return domain.adphoto(arguments.before, folder, "--allow-identical", port=port)
        case "vips-ldif":
            return [str(HERE / "vips-ldif.sh"), str(folder), domain.url(port), domain.admin, password, domain.base]
        case "expert" | "naive":
            server = ["--server", f"{domain.host}:{port}", "--ca-file", domain.ca_file, "--base-dn", domain.base]
            login = ["--user", domain.admin, "--password-file", password]
            return [sys.executable, str(HERE / f"{tool}.py"), str(folder), *server, *login]


@contextlib.contextmanager
def line(domain, delay):
    """Yields a port at which the domain's answers are delayed by this much in each direction."""
    if delay == 0:
        yield domain.port
        return
    asked = [sys.executable, str(HERE / "relay.py"), f"{domain.host}:{domain.port}", "--delay", str(delay)]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as relay:
        try:
            yield int(relay.stdout.readline())
        finally:
            relay.terminate()


def link(folder, corpus, mix, count):
    """Makes a folder of photos named after the users, as many of each kind; returns how many are different."""
    folder.mkdir()
    sources = [sorted((corpus / kind).glob("*.jpg")) for kind in mix]
    for kind, files in zip(mix, sources):
        if not files:
            sys.exit(f"no .jpg files in {corpus / kind}")
    for number in range(count):
        files = sources[number % len(mix)]
        os.symlink(files[number // len(mix) % len(files)].resolve(), folder / f"{user(number)}.jpg")
    for path in folder.iterdir():
        with path.open("rb") as file, open(os.devnull, "wb") as nowhere:
            shutil.copyfileobj(file, nowhere, 1 << 20)
    # Files with the same number show the same picture in all kinds.
    return len({path.resolve().name for path in folder.iterdir()})


def run(tool, arguments, domain, folder, different, port):
    """Runs the tool once; returns its photos per second of wall time, and its CPU milliseconds per photo."""
    count = len(os.listdir(folder))
    domain.clear_photos(arguments.photos)
    with tempfile.TemporaryFile() as said:
        began = time.monotonic()
        asked = command(tool, arguments, domain, folder, port)
        code, used = spend(asked, stdout=said, stderr=said, env=domain.environment)
        wall = time.monotonic() - began
        if code != 0:
            said.seek(0)
            sys.exit(f"{tool} failed: exit {code}\n" + said.read().decode(errors="replace")[-2000:])
    domain.verify(count, different, SIZE, tool)
    return count / wall, 1000 * (used.ru_utime + used.ru_stime) / count


def measure(mix, tools, arguments, domain, work):
    """Runs all rounds of a mix; returns a list of (photos per second, CPU) for each tool and delay."""
    folders = {count: work / f"{'+'.join(mix)}-{count}" for count in (arguments.photos, arguments.slow_photos)}
    different = {count: link(folder, arguments.corpus, mix, count) for count, folder in folders.items()}
    results = {(tool, delay): [] for tool in tools for delay in DELAYS}
    for number in range(arguments.rounds):
        first = number % len(tools)
        for delay in DELAYS:
            with line(domain, delay) as port:
                for tool in tools[first:] + tools[:first]:
                    count = arguments.slow_photos if tool in SLOW else arguments.photos
                    rate, cpu = run(tool, arguments, domain, folders[count], different[count], port)
                    results[tool, delay].append((rate, cpu))
                    print(f"round {number + 1}, {2 * delay} ms, {tool}: {rate:.1f} photos/s, {cpu:.1f} ms CPU",
                          file=sys.stderr, flush=True)
    return results


def row(tool, mix, results, arguments):
    """Returns a row of the table, and whether all its factors are as high as they must be."""
    cells, good = [tool, str(arguments.slow_photos if tool in SLOW else arguments.photos)], True
    for place, delay in enumerate(DELAYS):
        rounds = results[tool, delay]
        cells.append(f"{median(rate for rate, _ in rounds):.1f}")
        if tool != "adphoto" and ("adphoto", delay) in results:
            factor = median(own[0] / rate for own, (rate, _) in zip(results["adphoto", delay], rounds))
            must = (MUST_OF_MIX if (tool, mix) == ("expert", MIXES[0]) else MUST[tool])[place]
            good &= factor >= must
            cells.append(f"{factor:.2f}× ({'at least' if factor >= must else '**less than**'} {must}×)")
        else:
            cells.append("")
        cells.append(f"{median(cpu for _, cpu in rounds):.1f}")
    return "| " + " | ".join(cells) + " |", good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="the folder that corpus.py made")
    parser.add_argument("mixes", nargs="*", default=MIXES, help="comma-separated kinds (default: all of 12 megapixels "
                        "evenly, then 12mp-baseline alone)")
    parser.add_argument("--adphoto", default=str(HERE.parents[1] / "target/dist/adphoto"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--photos", type=int, default=1000)
    parser.add_argument("--slow-photos", type=int, default=100, help=f"photos for {' and '.join(SLOW)} (100)")
    parser.add_argument("--only", default=",".join(TOOLS), help="comma-separated: " + ", ".join(TOOLS))
    parser.add_argument("--before", help="another build of adphoto")
    arguments = parser.parse_args()
    arguments.slow_photos = min(arguments.slow_photos, arguments.photos)
    tools = arguments.only.split(",")
    if unknown := set(tools) - set(TOOLS + OTHERS):
        parser.error(f"no such tool: {', '.join(sorted(unknown))}")

    good = True
    # The journals have to be written to the disk, but need not be kept.
    with bench() as domain, tempfile.TemporaryDirectory() as work, tempfile.TemporaryDirectory(dir=HERE) as state:
        domain.environment["XDG_STATE_HOME"] = state
        domain.add_users(0, arguments.photos)
        for mix in arguments.mixes:
            results = measure(mix.split(","), tools, arguments, domain, Path(work))
            print(f"\n{arguments.photos} photos, evenly {mix.replace(',', ', ')}; {arguments.rounds} rounds; "
                  f"{os.cpu_count()} cores, Samba on the same\n")
            heads = [f"{head} at {2 * delay} ms" for delay in DELAYS for head in ("photos/s", "adphoto is", "CPU ms")]
            print("| tool | photos | " + " | ".join(heads) + " |\n|---|" + "--:|" * (len(heads) + 1))
            for tool in tools:
                text, held = row(tool, mix, results, arguments)
                good &= held
                print(text, flush=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
