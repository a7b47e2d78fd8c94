#!/usr/bin/env python3
"""The script that people have who know their tools: Pillow decodes at 1/8 scale, one connection, and for each file one
search and one modify.

    pip install pillow ldap3
    expert.py FOLDER --server HOST:PORT --ca-file PEM --user NAME --password-file FILE --base-dn DN

Nothing in it is slow on purpose: the schema is not read (get_info=NONE), no attribute but the DN is asked for.
"""

import argparse
import io
import ssl
import sys
from pathlib import Path

from ldap3 import MODIFY_REPLACE, NONE, Connection, Server, Tls
from ldap3.utils.conv import escape_filter_chars
from PIL import Image, ImageOps

SIZE = (96, 96)


def thumbnail(path):
    with Image.open(path) as image:
        image.draft("RGB", (2 * SIZE[0], 2 * SIZE[1]))
        return jpeg(image)


def jpeg(image):
    picture = ImageOps.fit(ImageOps.exif_transpose(image).convert("RGB"), SIZE, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def run(thumbnail):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    for name in ("--server", "--ca-file", "--user", "--password-file", "--base-dn"):
        parser.add_argument(name, required=True)
    arguments = parser.parse_args()

    host, _, port = arguments.server.rpartition(":")
    tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=arguments.ca_file)
    server = Server(host, int(port), use_ssl=True, tls=tls, get_info=NONE)
    password = Path(arguments.password_file).read_text().strip()
    failed = 0
    with Connection(server, arguments.user, password, auto_bind=True) as connection:
        for path in sorted(arguments.folder.glob("*.jpg")):
            photo = thumbnail(path)
            filter = f"(&(objectCategory=person)(sAMAccountName={escape_filter_chars(path.stem)}))"
            connection.search(arguments.base_dn, filter, attributes=["distinguishedName"])
            found = [entry["dn"] for entry in connection.response if entry["type"] == "searchResEntry"]
            if len(found) != 1 or not connection.modify(found[0], {"thumbnailPhoto": [(MODIFY_REPLACE, [photo])]}):
                print(path, found, connection.result, file=sys.stderr)
                failed += 1
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    run(thumbnail)
