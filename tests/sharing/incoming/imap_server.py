"""A mailbox on a server of this machine: as much of IMAP4rev1 (RFC 3501) as a reader of mail asks for."""

import re
import socketserver
import threading


class ImapServer:
    """Serves `mails` {uid: bytes} of the folder INBOX to whoever knows the password."""

    def __init__(self, password="geheim", validity=7):
        self.mails: dict[int, bytes] = {}
        self.password, self.validity = password, validity
        self.commands: list[str] = []
        outer = self

        class Door(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(b"* OK ready\r\n")
                for line in self.rfile:
                    tag, _, command = line.decode().strip().partition(" ")
                    outer.commands.append(command)
                    said, end = outer.answer(command)
                    self.wfile.write(said + f"{tag} {end}\r\n".encode())
                    if command == "LOGOUT":
                        return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Door)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def answer(self, command):  # noqa: PLR0911 - one for each command
        word, _, rest = command.partition(" ")
        if word == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n", "OK done"
        if word == "LOGIN":
            return b"", "OK in" if rest.endswith(f'"{self.password}"') else "NO wrong password"
        if word == "EXAMINE":
            found = rest.strip('"') == "INBOX"
            head = f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] valid\r\n".encode()
            return (head, "OK [READ-ONLY] open") if found else (b"", "NO no such folder")
        if command.startswith("UID SEARCH UID "):
            first = int(re.search(r"(\d+):\*", command)[1])
            last = max(self.mails, default=0)
            numbers = [number for number in self.mails if number >= first or number == last]
            return f"* SEARCH {' '.join(map(str, numbers))}\r\n".encode(), "OK done"
        if command.startswith("UID FETCH "):
            number = int(command.split()[2])
            mail = self.mails[number]
            if "RFC822.SIZE" in command:
                return f"* 1 FETCH (UID {number} RFC822.SIZE {len(mail)})\r\n".encode(), "OK done"
            return f"* 1 FETCH (UID {number} BODY[] {{{len(mail)}}}\r\n".encode() + mail + b")\r\n", "OK done"
        return b"", "OK done" if word in {"LOGOUT", "CLOSE"} else "BAD unknown"

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
