"""A newsroom, a mail server, Slack and another system on loopback, each of which can stop at any phase of a talk.

Sockets and lines only: a server library would not let us stop where a link really breaks.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import socketserver
import threading
from datetime import timedelta
from email import message_from_bytes
from email.utils import format_datetime
from hashlib import sha256
from typing import Self
from xml.sax.saxutils import escape

from script import AFTER, BEFORE, BEGIN, SHAKY
from stage import Accepted, GoneError, Stage


class Server(socketserver.ThreadingTCPServer):
    """Threads that nobody waits for; it says nothing of links that break, because a killed child breaks them."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage, self.name = stage, name
        super().__init__(("127.0.0.1", 0), self.handler())
        self.port = self.server_address[1]

    def handler(self) -> type[socketserver.StreamRequestHandler]:
        server = self

        class Handler(socketserver.StreamRequestHandler):
            timeout = 30
            disable_nagle_algorithm = True

            def handle(self) -> None:
                with contextlib.suppress(GoneError, OSError, ValueError):
                    server.talk(self)

        return Handler

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        self.stage.enter()  # before the thread begins: who waits for quiet must not look in between
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def process_request_thread(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            self.stage.leave()

    def handle_error(self, *_: object) -> None: ...

    def talk(self, link: socketserver.StreamRequestHandler) -> None:
        """One link, from its first byte to its last; each server has its own."""
        raise NotImplementedError

    def drain(self) -> None:
        """Return when every link that stood in the queue has been taken up."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 10) as link:
            link.shutdown(socket.SHUT_WR)
            while link.recv(1000):
                pass


class Newsroom(Server):
    """Four feeds and the pages of their items. `later`: the items of the cycle; `mended`: the shaky feed answers."""

    later = mended = False

    @property
    def feeds(self) -> dict[str, str]:
        return {name: f"http://127.0.0.1:{self.port}/{name}.xml" for name in BEFORE}

    def etag(self, name: str) -> str:
        return f'"{sha256(self._feed(name)).hexdigest()[:16]}"'

    def talk(self, link: socketserver.StreamRequestHandler) -> None:
        while head := _head(link):
            path, headers = head
            what = "feed" if path.endswith(".xml") else "robots" if path == "/robots.txt" else "article"
            self.stage.reached(f"{what}: asked, no answer")
            status, kind, body, etag = self._answer(path)
            if etag and headers.get("if-none-match") == etag:
                status, body = "304 Not Modified", b""
            lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *([f"ETag: {etag}"] if etag else [])]
            lines += [] if status.startswith("304") else [f"Content-Length: {len(body)}"]
            link.wfile.write("\r\n".join([*lines, "", ""]).encode())
            self.stage.reached(f"{what}: head sent")
            if body:
                link.wfile.write(body[: len(body) // 2])
                self.stage.reached(f"{what}: half the body sent")
                link.wfile.write(body[len(body) // 2 :])
            self.stage.reached(f"{what}: answered")

    def _answer(self, path: str) -> tuple[str, str, bytes, str]:
        name = path.strip("/").removesuffix(".xml")
        if path == "/robots.txt":
            return "200 OK", "text/plain", b"User-agent: *\nDisallow:\n", ""
        if path.endswith(".xml"):
            if name == SHAKY and self.later and not self.mended:
                return "500 Internal Server Error", "text/plain", b"later", ""
            return "200 OK", "application/rss+xml; charset=utf-8", self._feed(name), self.etag(name)
        item = next((one for items in AFTER.values() for one in items if path == f"/news/{one.name}"), None)
        if item is None or not item.page:
            return "404 Not Found", "text/html", b"<p>There is no such page.", ""
        parts = "".join(f"<p>{escape(part)}</p>" for part in item.page.split("\n"))
        title = escape(item.title)
        page = f"<!doctype html><html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>{parts}</article></body></html>"
        return "200 OK", "text/html; charset=utf-8", page.encode(), ""

    def _feed(self, name: str) -> bytes:
        items = "".join(
            f"<item><guid isPermaLink='false'>{one.name}</guid><link>http://127.0.0.1:{self.port}/news/{one.name}</link>"
            f"<title>{escape(one.title)}</title><description>{escape(one.text)}</description>"
            f"<pubDate>{format_datetime(BEGIN - timedelta(days=one.days_ago, minutes=30), usegmt=True)}</pubDate></item>"
            for one in (AFTER if self.later else BEFORE)[name]
        )
        head = (
            f"<title>{name.title()}</title><link>http://127.0.0.1:{self.port}</link><description>News</description><language>en</language>"
        )
        return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


class Receiver(Server):
    """What posts are sent to: Slack ("slack"), or another system ("hook")."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook/secret-of-this-address"

    def talk(self, link: socketserver.StreamRequestHandler) -> None:
        name, stage = self.name, self.stage
        stage.reached(f"{name}: connected")
        head = _head(link)
        if head is None:
            return
        headers = head[1]
        stage.reached(f"{name}: head read")
        length = int(headers["content-length"])
        body = link.rfile.read(length // 2)
        stage.reached(f"{name}: half the body read")
        body += link.rfile.read(length - len(body))
        if len(body) < length:
            return
        stage.reached(f"{name}: body read, not taken")
        identity = headers.get("webhook-id", "") if name == "hook" else _reference(body)
        stage.accept(Accepted(name, identity, "ledger" if name == "hook" else "team", body))
        stage.reached(f"{name}: taken, no answer")
        answer = b"" if name == "hook" else b"ok"
        link.wfile.write(b"HTTP/1.1 200 OK\r\n")
        stage.reached(f"{name}: half an answer sent")
        link.wfile.write(b"Content-Length: %d\r\n\r\n%b" % (len(answer), answer))
        stage.reached(f"{name}: answered")
        stage.held(f"{name}: answered, link held", identity)


class MailServer(Server):
    """SMTP as far as a service needs it: one mail a link."""

    def talk(self, link: socketserver.StreamRequestHandler) -> None:
        stage, recipient = self.stage, ""
        stage.reached("mail: connected")
        link.wfile.write(b"220 mail.test\r\n")
        while line := link.rfile.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"EHLO":
                stage.reached("mail: EHLO")
                link.wfile.write(b"250-mail.test\r\n250 8BITMIME\r\n")
            elif word == b"MAIL":
                link.wfile.write(b"250 ok\r\n")
                stage.reached("mail: after MAIL")
            elif word == b"RCPT":
                recipient = line.decode().partition("<")[2].partition(">")[0]
                link.wfile.write(b"250 ok\r\n")
                stage.reached("mail: after RCPT")
            elif word == b"DATA":
                link.wfile.write(b"354 go on\r\n")
                stage.reached("mail: after 354")
                if not self._text(link, recipient):
                    return
            elif word == b"QUIT":
                stage.reached("mail: QUIT read")
                link.wfile.write(b"221 bye\r\n")
                return
            else:
                link.wfile.write(b"502 not here\r\n")

    def _text(self, link: socketserver.StreamRequestHandler, recipient: str) -> bool:
        """Read the text up to its final dot, take it, say so; False where the link broke before."""
        stage, lines = self.stage, []
        half = False
        while (line := link.rfile.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line[1:] if line.startswith(b".") else line)
            if line == b"\r\n" and not half:
                half = True
                stage.reached("mail: within DATA")
        stage.reached("mail: dot read, not taken")
        text = b"".join(lines)
        identity = str(message_from_bytes(text)["Message-ID"]).strip()
        stage.accept(Accepted("mail", identity, recipient, text))
        stage.reached("mail: taken, no answer")
        link.wfile.write(b"250 kept\r\n")
        stage.reached("mail: 250 said")
        stage.held("mail: 250 said, link held", identity)
        return True


def _head(link: socketserver.StreamRequestHandler) -> tuple[str, dict[str, str]] | None:
    """Path and headers of a request; None where no more comes."""
    first = link.rfile.readline().decode("latin-1").split()
    if len(first) < 2:
        return None
    headers = {}
    while (line := link.rfile.readline().decode("latin-1")) not in ("\r\n", ""):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return first[1], headers


def _reference(body: bytes) -> str:
    """The reference by which people know a repeat on Slack."""
    found = re.search(r"ref ([0-9A-F]{3}-[0-9A-F]{3}(?:, \d+ of \d+)?)", json.dumps(json.loads(body), ensure_ascii=False))
    return found[1] if found else "no reference"
