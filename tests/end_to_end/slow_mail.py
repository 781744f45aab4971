"""A mail server that can keep a client waiting at any step, by recipient, and counts what it accepted."""

from __future__ import annotations

import re
import socketserver
import threading
from typing import Any, Self


class SlowMail:
    """`waits[recipient]` names a step (RCPT, DATA, end): the first client there gets no answer before `go` is set."""

    def __init__(self) -> None:
        self.waits: dict[str, str] = {}
        self.waiting: set[str] = set()  # recipients whose client waits now
        self.go = threading.Event()
        self.accepted: list[tuple[str, str]] = []  # (recipient, Message-ID), as the final dot came
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.port = self._server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go.set()
        self._server.shutdown()
        self._server.server_close()

    def count(self, recipient: str) -> int:
        return sum(to == recipient for to, _ in self.accepted)

    def at(self, step: str, recipient: str) -> None:
        """Called at each step; waits where that was wished, once."""
        if self.waits.get(recipient) == step:
            del self.waits[recipient]
            self.waiting.add(recipient)
            self.go.wait(120)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_: Any) -> None: ...


def _handler(mail: SlowMail) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 mail.test")
            recipient = ""
            for line in self.rfile:
                word = line[:4].upper()
                if word == b"RCPT":
                    recipient = re.findall(r"<(.+?)>", line.decode())[0]
                    mail.at("RCPT", recipient)
                elif word == b"DATA":
                    mail.at("DATA", recipient)
                    self.say("354 go on")
                    body = b"".join(iter(self.rfile.readline, b".\r\n"))
                    if not body:
                        return
                    mail.accepted.append((recipient, re.findall(r"(?im)^Message-ID:\s*(\S+)", body.decode())[0]))
                    mail.at("end", recipient)
                elif word == b"QUIT":
                    self.say("221 bye")
                    return
                self.say("250 yes")

        def say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

    return Handler
