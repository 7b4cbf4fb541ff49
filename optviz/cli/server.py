"""Shows one picture and what is wrong in a browser of this machine, as they change: an HTTP server of two addresses.

It answers on the loopback interface alone, under a path that nobody can guess, and to no name but this machine's own:
a page of another site may send requests here, but cannot know the path, and one whose name was turned to this address
(DNS rebinding) is refused by that name.
"""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePath
from threading import Condition, Thread
from urllib.parse import parse_qs

from optviz.output.html import allowed_source

LOOPBACK = "127.0.0.1"
OWN_NAMES = (LOOPBACK, "localhost")
TOKEN_BYTES = 24
PATIENCE_S = 20.0  # that a browser waits for news before it asks again
TYPES = {  # of what a browser shows, by suffix
    ".gif": "image/gif",
    ".png": "image/png",
    ".apng": "image/apng",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.4 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
img, video { display: block; max-width: 100vw; max-height: 100vh; }
[hidden] { display: none; }
pre { position: fixed; inset: 0 0 auto 0; margin: 0; padding: .8rem 1rem; max-height: 60vh; overflow: auto;
  white-space: pre-wrap; color: #410e0b; background: #f9dedc; border-bottom: 2px solid #b3261e; }
"""
_SCRIPT = """
const [image, film, wrong] = ["image", "film", "wrong"].map(id => document.getElementById(id));
let seen = 0, shown = 0;
async function follow() {
  for (;;) {
    try {
      const news = await (await fetch("state?after=" + seen)).json();
      seen = news.number;
      document.title = news.title;
      wrong.textContent = news.wrong;
      wrong.hidden = !news.wrong;
      if (news.picture && news.picture !== shown) {
        shown = news.picture;
        const [on, off] = news.type.startsWith("video") ? [film, image] : [image, film];
        off.hidden = true;
        on.src = "picture?number=" + shown;
        on.alt = news.title;
        on.hidden = false;
      }
    } catch {
      wrong.textContent = "optviz watch has ended";
      wrong.hidden = false;
      await new Promise(wake => setTimeout(wake, 1000));
    }
  }
}
follow();
"""


_PAGE = f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>optviz</title><style>{_STYLE}</style></head>
<body>
<img id="image" alt="" hidden>
<video id="film" autoplay loop muted controls playsinline hidden></video>
<pre id="wrong" role="alert" hidden></pre>
<script>{_SCRIPT}</script>
</body>
</html>
"""
_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    f"script-src {allowed_source(_SCRIPT)}; style-src {allowed_source(_STYLE)}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Shown:
    """What the page shows now. Numbers only rise."""

    number: int = 0  # of this state
    title: str = "optviz"
    picture: int = 0  # the number of the state in which the picture came; 0 for none yet
    data: bytes = b""  # the picture
    type: str = ""  # its media type
    wrong: str = ""  # what lies over it


class Page:
    """The page of the server: what is shown on it reaches each browser that is open there at once."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._shown = Shown()

    @staticmethod
    def takes(path: str) -> bool:
        """Return whether a browser shows the file in place."""
        return PurePath(path).suffix.lower() in TYPES

    def show(self, title: str, suffix: str, data: bytes) -> None:
        """Show a picture, if a browser can, and nothing over it."""
        if suffix in TYPES:
            number = self._shown.number + 1
            self._put(Shown(number, title, number, data, TYPES[suffix]))

    def say_wrong(self, text: str) -> None:
        """Lay a text over the picture."""
        self._put(replace(self._shown, number=self._shown.number + 1, wrong=text))

    def now(self, after: int = -1) -> Shown:
        """Return what is shown once that is another state than number ``after``, at the latest after PATIENCE_S."""
        with self._changed:
            self._changed.wait_for(lambda: self._shown.number != after, PATIENCE_S)
            return self._shown

    def _put(self, shown: Shown) -> None:
        with self._changed:
            self._shown = shown
            self._changed.notify_all()


@contextmanager
def served(page: Page) -> Iterator[str]:
    """Serve the page on this machine as long as the block runs; yield its address."""
    token = secrets.token_urlsafe(TOKEN_BYTES)

    class Handler(_Handler):
        shown_on, secret = page, token

    server = _Server((LOOPBACK, 0), Handler)
    Thread(target=server.serve_forever, name="optviz-server", daemon=True).start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/{token}/"
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    """Ends with the program, also while a browser waits for an answer."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over a browser that has gone; any other error is a bug and is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as it was called


class _Handler(BaseHTTPRequestHandler):
    """Answers GET for the page, the state and the picture; nothing else, and nothing from the disk."""

    shown_on: Page
    secret: str
    server_version, sys_version = "optviz", ""
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        _, token, *rest = [*path.split("/"), ""]
        host, asked = self.headers.get("Host", ""), parse_qs(query)
        if host.partition(":")[0].lower() not in OWN_NAMES:
            self._answer(HTTPStatus.FORBIDDEN, "text/plain", b"not by this name\n")
        elif not compare_digest(token.encode(), self.secret.encode()):
            self._answer(HTTPStatus.FORBIDDEN, "text/plain", b"not this address\n")
        elif rest == ["", ""]:
            self._answer(HTTPStatus.OK, "text/html; charset=utf-8", _PAGE.encode())
        elif rest == ["state", ""]:
            after = asked.get("after", [""])[0]
            shown = self.shown_on.now(int(after) if after.isdecimal() else -1)
            news = {name: getattr(shown, name) for name in ("number", "title", "picture", "type", "wrong")}
            self._answer(HTTPStatus.OK, "application/json", json.dumps(news).encode())
        elif rest == ["picture", ""] and (shown := self.shown_on.now()).data:
            self._answer(HTTPStatus.OK, shown.type, shown.data)
        else:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"nothing here\n")

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:
        """Say nothing: the terminal is the user's."""
