"""A mail server in a process of its own, so that it can be killed: `python -m tests.crash.mail_server PORT FOLDER`.

It keeps each message as a file before it answers, and misbehaves as the file `mood` in its folder says, once: `hang`
(keep it, never answer), `drop` (keep it, hang up). Otherwise it is only slow.
"""

import asyncio
import itertools
import os
import random
import sys
import time
from pathlib import Path

from aiosmtpd.controller import Controller


class Keeper:
    def __init__(self, folder):
        self._folder, self._numbers = folder, itertools.count()

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(random.uniform(0, 0.03))
        name = f"{time.time():.6f}-{os.getpid()}-{next(self._numbers)}"
        (self._folder / f".{name}").write_bytes(envelope.content)
        (self._folder / f".{name}").replace(self._folder / f"{name}.eml")
        mood = self._mood()
        if mood == "hang":
            await asyncio.sleep(3600)
        if mood == "drop":
            server.transport.abort()
        return "250 2.0.0 taken"

    def _mood(self):
        try:
            (self._folder / "mood").rename(self._folder / "mood.past")
        except FileNotFoundError:
            return ""
        return (self._folder / "mood.past").read_text()


if __name__ == "__main__":
    controller = Controller(
        Keeper(Path(sys.argv[2])), hostname="127.0.0.1", port=int(sys.argv[1]), decode_data=False, ready_timeout=30
    )
    controller.start()
    while True:
        time.sleep(3600)
