"""A mail server that takes everything and keeps nothing but times: `python -m tests.bench.smtp_sink PORT FILE`.

It writes to FILE the moment of the first mail and how many came, ten times a second.
"""

import asyncio
import sys
import time
from pathlib import Path

HELLO = b"250-sink\r\n250 SIZE 33554432\r\n"


class Sink:
    """Counts mails."""

    def __init__(self) -> None:
        self.count, self.first_at = 0, 0.0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation (RFC 5321), pipelined or not."""
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                writer.write(b"354 go\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                self.first_at = self.first_at or time.time()
                self.count += 1
            writer.write(HELLO if word == b"EHLO" else b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                break
        writer.close()


async def main(port: int, place: Path) -> None:
    sink = Sink()
    async with await asyncio.start_server(sink.talk, "127.0.0.1", port, limit=2**25):
        while True:
            await asyncio.to_thread(place.write_text, f"{sink.first_at} {sink.count}")
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
