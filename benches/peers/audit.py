#!/usr/bin/env python3
"""Measures adphoto audit against ldapsearch, which fetches the same attributes of the same accounts and judges nothing.

    apt-get install ldap-utils ldb-tools; pip install pillow numpy
    cargo build --profile dist --package adphoto
    eval "$(../../tests/samba/start)"                   as root: a throwaway Samba domain
    python3 audit.py                                    5,000 users, five rounds: 3 minutes

Of the users one in five has no photo, the others one of 96x96 pixels each of its own. ldapsearch reads in pages of 1,000, as
it must on Active Directory.

  adphoto         adphoto audit as it is, which looks for a face on each photo; there is none, so that all are unfit
  adphoto-plain   with --ignore-flaw for all that faces are needed for: no face is looked for
  ldapsearch      the peer

They take turns; a ratio is the median of the rounds'. That of adphoto-plain must be at most 2.
"""

import argparse
import io
import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from compare import SIZE
from domain import bench

HERE = Path(__file__).resolve().parent
WITHOUT = 5  # one user out of this many has no photo
MAX_RATIO = 2
FACELESS = ["--ignore-flaw", "no-face,several-faces,small-face,sideways"]
ATTRIBUTES = ("objectGUID objectSid sAMAccountName userAccountControl displayName cn givenName sn department "
              "thumbnailPhoto").split()


def photo(number):
    """Returns a JPEG of coarse noise, with about as many bytes as a face has."""
    import numpy
    from PIL import Image
    noise = numpy.random.default_rng(number).integers(0, 256, (SIZE // 4, SIZE // 4, 3), dtype=numpy.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).resize((SIZE, SIZE), Image.Resampling.BICUBIC).save(out, "JPEG", quality=85)
    return out.getvalue()


def timed(asked, domain, check):
    began = time.monotonic()
    done = subprocess.run(asked, capture_output=True, env=domain.environment)
    wall = time.monotonic() - began
    if done.returncode != 0:
        sys.exit(f"{asked[0]} failed: {done.stderr.decode(errors='replace')[-2000:]}")
    check(done.stdout)
    return wall


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adphoto", default=str(HERE.parents[1] / "target/dist/adphoto"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--users", type=int, default=5000)
    arguments = parser.parse_args()
    missing = len(range(0, arguments.users, WITHOUT))

    def check_audit(photos):
        def check(said):
            counts = json.loads(said)["summary"]
            if counts != {"missing": missing, photos: arguments.users - missing}:
                sys.exit(f"adphoto audit counted {counts}")
        return check

    def check_search(said):
        if said.count(b"\ndn: ") + said.startswith(b"dn: ") != arguments.users:
            sys.exit("ldapsearch did not find all users")

    with bench() as domain:
        domain.add_users(0, arguments.users)
        domain.give_photos({n: photo(n) for n in range(arguments.users) if n % WITHOUT})
        audit = domain.adphoto(arguments.adphoto, "", "--format", "json", "--base-dn", domain.unit)
        audit[1:3] = ["audit"]
        search = [*domain.ldap("ldapsearch"), "-LLL", "-E", "pr=1000/noprompt", "-b", domain.unit,
                  "(sAMAccountType=805306368)", *ATTRIBUTES]
        tools = {"adphoto": (audit, check_audit("unfit")), "adphoto-plain": (audit + FACELESS, check_audit("ok")),
                 "ldapsearch": (search, check_search)}
        rounds = []
        for number in range(arguments.rounds):
            names = list(tools)
            names = names[number % 3:] + names[:number % 3]
            rounds.append({tool: timed(tools[tool][0], domain, tools[tool][1]) for tool in names})
            print(f"round {number + 1}: " + ", ".join(f"{tool} {wall:.2f} s" for tool, wall in rounds[-1].items()),
                  file=sys.stderr, flush=True)
    ratios = {tool: median(walls[tool] / walls["ldapsearch"] for walls in rounds) for tool in tools}
    print(f"{arguments.users} users: " + ", ".join(
        f"{tool} {median(walls[tool] for walls in rounds):.2f} s ({ratios[tool]:.2f})" for tool in tools))
    sys.exit(0 if ratios["adphoto-plain"] <= MAX_RATIO else 1)


if __name__ == "__main__":
    main()
