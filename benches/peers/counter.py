#!/usr/bin/env python3
"""A stand-in for the domain controller that counts the operations it is asked for, and passes all of it on.

    counter.py localhost:636 --certificate cert.pem --key key.pem      prints the port that it listens on

It speaks TLS with the domain controller's own certificate and key, which only a throwaway domain hands out: what a
client says is then readable, message by message (RFC 4511 4.1.1). At the end of its standard input it prints the counts
as JSON: binds, searches for accounts (their filter asks for normal user accounts), searches for photos (by objectGUID,
for thumbnailPhoto), other searches (rootDSE, schema), modifies, anything else, and the most modifies and searches that
were under way at once. A page of a search counts as a search.
"""

import argparse
import asyncio
import json
import ssl
import sys
from collections import Counter

from relay import address

PIECE = 65536
# Tags of protocolOp: the requests, and the responses that end them.
BIND, UNBIND, SEARCH, MODIFY, ABANDON, EXTENDED = 0x60, 0x42, 0x63, 0x66, 0x50, 0x77
SEARCH_DONE, MODIFY_DONE = 0x65, 0x67
NAMES = {BIND: "bind", UNBIND: "unbind", MODIFY: "modify", ABANDON: "abandon", EXTENDED: "extended"}


def header(data, at):
    """Returns the tag of the BER element at `at`, and where its content begins and ends; None if it is cut off."""
    if len(data) < at + 2:
        return None
    tag, length, start = data[at], data[at + 1], at + 2
    if length & 0x80:
        octets = length & 0x7F
        if len(data) < start + octets:
            return None
        length, start = int.from_bytes(data[start : start + octets], "big"), start + octets
    return tag, start, start + length


class Messages:
    """Splits a stream into LDAP messages, each as (tag of the operation, its content)."""

    def __init__(self):
        self.data = bytearray()

    def of(self, piece):
        self.data += piece
        while (whole := header(self.data, 0)) and whole[2] <= len(self.data):
            _, number_start, number_end = header(self.data, whole[1])
            tag, start, end = header(self.data, number_end)
            yield tag, bytes(self.data[start:end])
            del self.data[: whole[2]]


class Counts:
    def __init__(self):
        self.counts, self.now, self.most = Counter(), Counter(), Counter()

    def asked(self, tag, content):
        name = NAMES.get(tag, f"operation {tag:#x}")
        if tag == SEARCH:
            accounts, photos = b"sAMAccountType" in content, b"objectGUID" in content and b"thumbnailPhoto" in content
            name = ("accounts" if accounts else "photos" if photos else "other") + " search"
        self.counts[name] += 1
        if tag in (SEARCH, MODIFY):
            kind = "searches" if tag == SEARCH else "modifies"
            self.now[kind] += 1
            self.most[kind] = max(self.most[kind], self.now[kind])

    def answered(self, tag, _):
        if tag in (SEARCH_DONE, MODIFY_DONE):
            self.now["searches" if tag == SEARCH_DONE else "modifies"] -= 1

    def summary(self):
        return dict(self.counts) | {f"{kind} at once": most for kind, most in self.most.items()}


async def pump(reader, writer, messages, note):
    try:
        while piece := await reader.read(PIECE):
            for message in messages.of(piece):
                note(*message)
            writer.write(piece)
            await writer.drain()
    except (OSError, ssl.SSLError):
        pass  # the connection was closed without a TLS farewell
    finally:
        writer.close()


async def serve(arguments):
    counts = Counts()
    here = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    here.load_cert_chain(arguments.certificate, arguments.key)
    # It does not matter here whose certificate that is.
    there = ssl._create_unverified_context()

    async def accepted(reader, writer):
        far = await asyncio.open_connection(*arguments.target, ssl=there)
        await asyncio.gather(pump(reader, far[1], Messages(), counts.asked),
                             pump(far[0], writer, Messages(), counts.answered))

    server = await asyncio.start_server(accepted, "127.0.0.1", 0, ssl=here)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps(counts.summary()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", type=address, metavar="HOST:PORT")
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--key", required=True)
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
