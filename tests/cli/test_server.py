"""The page of ``optviz watch --serve``: who gets what."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from threading import Thread
from urllib.parse import urlsplit

import pytest

from optviz.cli.server import Page, served


@pytest.fixture(scope="module")
def page() -> Page:
    return Page()


@pytest.fixture(scope="module")
def address(page: Page) -> Iterator[str]:
    with served(page) as found:
        yield found


def asked(address: str, path: str, host: str = "", method: str = "GET") -> tuple[HTTPResponse, bytes]:
    where = urlsplit(address)
    connection = HTTPConnection(where.hostname or "", where.port or 0, timeout=5)
    connection.request(method, path, headers={"Host": host or where.netloc})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_only_the_page_the_state_and_the_picture_are_served(page: Page, address: str) -> None:
    root = urlsplit(address).path
    answer, body = asked(address, root)
    assert (answer.status, b"<img" in body) == (200, True)
    assert asked(address, f"{root}picture")[0].status == 404  # there is none yet
    page.show("A race", ".png", b"pixels")
    answer, body = asked(address, f"{root}picture?number=1")
    assert (answer.status, answer.headers["Content-Type"], body) == (200, "image/png", b"pixels")
    page.say_wrong("a.yaml:1: no <such> key")
    state = json.loads(asked(address, f"{root}state")[1])
    assert (state["title"], state["picture"], state["wrong"]) == ("A race", 1, "a.yaml:1: no <such> key")
    for path in ("x", "../", "state/", "picture/1", "%2e%2e/etc/passwd", "/etc/passwd"):
        assert asked(address, root + path)[0].status == 404, path
    for method in ("POST", "PUT", "OPTIONS", "HEAD"):
        assert asked(address, root, method=method)[0].status == 501


def test_who_does_not_know_the_path_is_refused(address: str) -> None:
    root = urlsplit(address).path
    for path in (
        "/",
        "/state",
        "/picture",
        f"{root[:-2]}/",
        f"{root[:-1]}x/",
        "//",
        "*",
    ):
        answer, body = asked(address, path)
        assert (answer.status, body) == (403, b"not this address\n"), path
    assert len(root) >= 32


def test_another_name_of_this_machine_is_refused(address: str) -> None:
    root, port = urlsplit(address).path, urlsplit(address).port
    for host in (
        f"evil.example:{port}",
        "evil.example",
        "127.0.0.1.evil.example",
        "0.0.0.0",
        "[::1]",
        "a@localhost",
        "[",
    ):
        assert asked(address, root, host)[0].status == 403, host
    for host in (f"localhost:{port}", "LOCALHOST:8000", "127.0.0.1"):  # as through a tunnel of ssh
        assert asked(address, root, host)[0].status == 200, host


def test_only_this_machine_is_answered(address: str) -> None:
    where = urlsplit(address)
    assert where.hostname == "127.0.0.1"
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for other in others - {"127.0.0.1"}:
        with pytest.raises(OSError):  # noqa: PT011  # refused or unreachable, by the system
            socket.create_connection((str(other), where.port or 0), timeout=0.2)


def test_every_answer_forbids_what_the_page_does_not_need(address: str) -> None:
    for path in (urlsplit(address).path, "/"):
        headers = asked(address, path)[0].headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
        assert re.fullmatch(r"'sha256-[\w+/=]+'", policy["script-src"])
        assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert not re.search(rb"https?:", asked(address, urlsplit(address).path)[1])


def test_news_is_told_at_once(page: Page, address: str) -> None:
    root = urlsplit(address).path
    now = json.loads(asked(address, f"{root}state")[1])["number"]
    told: list[dict[str, object]] = []
    waiting = Thread(target=lambda: told.append(json.loads(asked(address, f"{root}state?after={now}")[1])))
    waiting.start()
    page.show("Film", ".mp4", b"film")
    page.show("Numbers", ".json", b"{}")  # no browser shows it in place
    waiting.join()
    assert (told[0]["number"], told[0]["type"], told[0]["wrong"]) == (now + 1, "video/mp4", "")
    assert page.now().title == "Film"
