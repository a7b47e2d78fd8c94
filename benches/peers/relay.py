#!/usr/bin/env python3
"""A relay that makes a line long: what comes in goes out later, by the same time in each direction.

    relay.py localhost:636 --delay 10       20 ms there and back; prints the port that it listens on

It delays and does nothing else. Each piece of a stream waits for its own time and not for the piece before it, so a
stream flows at full speed, only late. Not simulated: loss, TCP's slow start, and the round trip that opening a
connection takes (the relay is near and accepts at once); that is once for each tool.
"""

import argparse
import asyncio
import contextlib
from collections import deque

# The most bytes that may be on the way: a sender that is faster than its receiver has to wait, as on any line.
ON_THE_WAY = 16 * 1024 * 1024


class End(asyncio.Protocol):
    """One end of a connection. The other end sends later what this end receives."""

    def __init__(self, delay, opened):
        self.delay, self.opened = delay, opened
        self.other = self.transport = None
        self.queue, self.bytes, self.jammed = deque(), 0, False

    def connection_made(self, transport):
        self.transport = transport
        self.opened(self)

    def data_received(self, piece):
        self.later(piece)

    def eof_received(self):
        self.later(b"")
        return True  # the other direction goes on

    def connection_lost(self, error):
        self.later(None)

    def later(self, piece):
        self.queue.append(piece)
        self.bytes += len(piece or b"")
        # Whichever timer fires first sends the piece that came first, so the order is kept.
        asyncio.get_running_loop().call_later(self.delay, self.hand_over)
        self.flow()

    def hand_over(self):
        piece = self.queue.popleft()
        self.bytes -= len(piece or b"")
        to = self.other.transport
        if piece:
            to.write(piece)
        elif piece is None:
            to.close()
        elif not to.is_closing():
            with contextlib.suppress(OSError):  # the receiver has closed both directions itself
                to.write_eof()
        self.flow()

    def flow(self):
        if not self.transport.is_closing():
            full = self.jammed or self.bytes > ON_THE_WAY
            (self.transport.pause_reading if full else self.transport.resume_reading)()

    # If this end accepts no more, the other end must stop reading.
    def pause_writing(self):
        self.other.jammed = True
        self.other.flow()

    def resume_writing(self):
        self.other.jammed = False
        self.other.flow()


async def serve(target, delay, port):
    loop = asyncio.get_running_loop()
    opening = set()  # keeps the tasks from being garbage-collected before they are done

    def accepted(near):
        near.transport.pause_reading()
        task = loop.create_task(join(near))
        opening.add(task)
        task.add_done_callback(opening.discard)

    async def join(near):
        def opened(far):
            near.other, far.other = far, near
        try:
            await loop.create_connection(lambda: End(delay, opened), *target)
        except OSError:
            near.other = near  # there is no other end to tell
            near.transport.abort()
        else:
            near.flow()

    server = await loop.create_server(lambda: End(delay, accepted), "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def address(text):
    host, _, port = text.rpartition(":")
    return host, int(port)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", type=address, metavar="HOST:PORT")
    parser.add_argument("--delay", type=float, default=10, metavar="MS", help="milliseconds in each direction (10)")
    parser.add_argument("--port", type=int, default=0, help="where to listen (any free port)")
    arguments = parser.parse_args()
    try:
        asyncio.run(serve(arguments.target, arguments.delay / 1000, arguments.port))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
