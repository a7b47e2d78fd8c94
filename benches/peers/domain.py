"""The throwaway domain that directory.py and scale.py measure on, and what is done to it outside of the measured time.

That goes past LDAP, into Samba's own database (ldb-tools, as root on this machine): it is quicker, and is not seen by
what counts operations. Users are made in an organisational unit of the benchmark's own, which is removed in the end.
"""

import base64
import contextlib
import glob
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from compare import dimensions

UNIT = "OU=adphoto bench"
# Samba writes a transaction at once, while everybody else has to wait; this must not take longer than a few seconds.
USERS_A_TRANSACTION = 2000
USERS_A_REMOVAL = 500  # removing one takes several times as long as adding one


class Domain:
    """The domain that tests/samba/start describes in the environment."""

    def __init__(self):
        def of(name):
            if value := os.environ.get(f"ADPHOTO_TEST_SAMBA{name}"):
                return value
            sys.exit('there is no domain: eval "$(tests/samba/start)" first')

        self.host, self.port = urlsplit(of("")).hostname, 636
        self.ca_file, self.base, self.admin = of("_CA"), of("_BASE"), of("_ADMIN")
        self.directory = Path(of("_DIR"))
        self.password_file = self.directory / "password"
        self.unit = f"{UNIT},{self.base}"
        modules = glob.glob("/usr/lib*/samba/ldb") + glob.glob("/usr/lib/*/samba/ldb")
        self.environment = os.environ | {
            "SMB_CONF_PATH": str(self.directory / "etc/smb.conf"),
            "LDB_MODULES_PATH": ":".join(modules),
            # OpenLDAP's tools replace "localhost" with the machine's own name when they check a certificate.
            "LDAPTLS_REQCERT": "never",
        }

    def url(self, port=None):
        return f"ldaps://{self.host}:{port or self.port}"

    def ldap(self, tool, port=None):
        """Returns the beginning of a command line for one of OpenLDAP's tools."""
        return [tool, "-x", "-H", self.url(port), "-D", self.admin, "-y", str(self.password_file)]

    def adphoto(self, program, photos, *options, port=None):
        """Returns a whole command line of `adphoto import`."""
        server = ["--server", self.url(port), "--ca-file", self.ca_file]
        user = ["--user", self.admin, "--password-file", str(self.password_file)]
        return [program, "import", str(photos), "--quiet", *server, *user, *options]

    def local(self, tool, *options, ldif=None):
        """Runs one of Samba's own tools on the database; returns its output."""
        with tempfile.NamedTemporaryFile("w", suffix=".ldif") as file:
            file.write(ldif or "")
            file.flush()
            asked = [tool, "-H", str(self.directory / "private/sam.ldb"), *options] + ([file.name] if ldif else [])
            done = subprocess.run(asked, capture_output=True, text=True, env=self.environment)
        if done.returncode != 0:
            sys.exit(f"{tool} failed: {(done.stdout + done.stderr)[-2000:]}")
        return done.stdout

    def add_users(self, first, end):
        """Adds the users bench00000 and so on, in the unit, which is made together with the first user."""
        if first == 0:
            self.local("ldbadd", ldif=f"dn: {self.unit}\nobjectClass: organizationalUnit\n")
        for begin in range(first, end, USERS_A_TRANSACTION):
            numbers = range(begin, min(begin + USERS_A_TRANSACTION, end))
            # 544 is an enabled account that needs no password; none of these accounts needs one.
            self.local("ldbadd", ldif="\n".join(
                f"dn: {self.dn(n)}\nobjectClass: user\nsAMAccountName: {user(n)}\nuserAccountControl: 544\n"
                for n in numbers))
            print(f"{numbers.stop} users", file=sys.stderr, flush=True)

    def dn(self, number):
        return f"CN={user(number)},{self.unit}"

    def clear_photos(self, count):
        for begin in range(0, count, USERS_A_TRANSACTION):
            self.local("ldbmodify", ldif="\n".join(
                f"dn: {self.dn(n)}\nchangetype: modify\nreplace: thumbnailPhoto\n"
                for n in range(begin, min(begin + USERS_A_TRANSACTION, count))))

    def give_photos(self, photos):
        """Gives the user with each number the photo."""
        numbers = sorted(photos)
        for begin in range(0, len(numbers), USERS_A_TRANSACTION):
            self.local("ldbmodify", ldif="\n".join(
                f"dn: {self.dn(n)}\nchangetype: modify\nreplace: thumbnailPhoto\n"
                f"thumbnailPhoto:: {base64.b64encode(photos[n]).decode()}\n"
                for n in numbers[begin:begin + USERS_A_TRANSACTION]))

    def remove_users(self):
        """Removes the unit and everything in it. A domain keeps invisible traces of deleted entries for months."""
        def entries(base, filter):
            found = self.local("ldbsearch", "-b", base, "-s", "one", filter, "dn").splitlines()
            return [line.removeprefix("dn: ") for line in found if line.startswith("dn: ")]

        if self.unit not in entries(self.base, "(objectClass=organizationalUnit)"):
            return
        while users := entries(self.unit, "(objectClass=user)"):
            print(f"{len(users)} users to remove", file=sys.stderr, flush=True)
            self.local("ldbmodify", ldif="\n".join(f"dn: {dn}\nchangetype: delete\n" for dn in users[:USERS_A_REMOVAL]))
        self.local("ldbdel", self.unit)

    def verify(self, users, different, size, who):
        """Ends the program unless each of the first users has a photo that is a JPEG of this size, nobody else has one,
        and at least `different` of the photos differ."""
        found = {}
        asked = ["ldbsearch", "-H", str(self.directory / "private/sam.ldb"), "-b", self.unit, "(thumbnailPhoto=*)",
                 "sAMAccountName", "thumbnailPhoto"]
        with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True, env=self.environment) as search:
            entry = {}
            for line in search.stdout:
                if line.startswith(" "):
                    entry["thumbnailPhoto"] += line.strip()  # only a photo is longer than a line
                elif line == "\n" and "sAMAccountName" in entry:
                    photo = base64.b64decode(entry["thumbnailPhoto"])
                    found[entry["sAMAccountName"]] = hash(photo) if dimensions(photo) == (size, size) else None
                    entry = {}
                else:
                    name, _, value = line.rstrip("\n").partition(":")
                    entry[name] = value.lstrip(": ")
        expected = {user(number) for number in range(users)}
        if found.keys() != expected or None in found.values() or len(set(found.values())) < different:
            sys.exit(f"{who} failed: of {users} users {len(found.keys() & expected)} have a photo, "
                     f"{len(found.keys() - expected)} others have one, {list(found.values()).count(None)} are not "
                     f"{size}x{size}, {len(set(found.values()))} of at least {different} are different")


@contextlib.contextmanager
def bench(keep=False):
    """Yields the domain without bench users. Removes them in the end, even after an error, unless `keep` is set."""
    domain = Domain()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    domain.remove_users()
    try:
        yield domain
    finally:
        if not keep:
            domain.remove_users()


def user(number):
    return f"bench{number:05}"
