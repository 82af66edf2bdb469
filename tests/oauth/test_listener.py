"""The door of the listener: who is let in, and that nobody can block it."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from bankview.oauth.listener import MOST_CONNECTIONS

if TYPE_CHECKING:
    from bankview.oauth.loopback import Loopback
    from tests.oauth.conftest import Visitor


def send(listener: Loopback, data: bytes) -> bytes:
    """Send bytes as they are and return what comes until the other side hangs up."""
    with socket.create_connection(("127.0.0.1", listener.port), timeout=10) as connection:
        received = b""
        try:
            connection.sendall(data)
            while part := connection.recv(65_536):
                received += part
        except ConnectionError:
            pass
        return received


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/favicon.ico",
        "/robots.txt",
        "/callback/",
        "/callback/x",
        "/Callback",
        "/callbac",
        "*",
        "/%63allback",
    ],
)
def test_other_paths_are_not_there_and_the_wait_goes_on(
    visitor: Visitor, listener: Loopback, path: str
) -> None:
    request = visitor.expect(listener)
    assert visitor.fetch(listener, f"{path}?code=x&state={request.state}").status == 404
    visitor.come_back(listener, request)
    assert listener.wait(0) == "the-code"


@pytest.mark.parametrize(
    "method", ["HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "BREW"]
)
def test_other_methods_are_not_allowed(visitor: Visitor, listener: Loopback, method: str) -> None:
    request = visitor.expect(listener)
    reply = visitor.fetch(
        listener, f"/callback?code=x&state={request.state}", method, Content_Length="0"
    )
    assert (reply.status, reply.headers["Allow"]) == (405, "GET")
    visitor.come_back(listener, request)
    assert listener.wait(0) == "the-code"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{}", "127.0.0.1", "127.0.0.1:1", "127.0.0.2:{}", ""]
)
def test_another_host_header_is_refused(visitor: Visitor, listener: Loopback, host: str) -> None:
    request = visitor.expect(listener)
    target = f"/callback?code=x&state={request.state}"
    assert visitor.fetch(listener, target, Host=host.format(listener.port)).status == 400
    assert visitor.fetch(listener, "/done", Host=host.format(listener.port)).status == 400
    visitor.come_back(listener, request)
    assert listener.wait(0) == "the-code"


@pytest.mark.parametrize("host", ["127.0.0.1:{}", "localhost:{}", "LOCALHOST:{}", "[::1]:{}"])
def test_each_name_of_this_computer_is_a_host(
    visitor: Visitor, listener: Loopback, host: str
) -> None:
    request = visitor.expect(listener)
    target = f"/callback?code=x&state={request.state}"
    assert visitor.fetch(listener, target, Host=host.format(listener.port)).status == 303


def test_a_request_that_a_page_made_is_refused(visitor: Visitor, listener: Loopback) -> None:
    request = visitor.expect(listener)
    target = f"/callback?code=x&state={request.state}"
    for origin in ("https://evil.example", "null"):
        assert visitor.fetch(listener, target, Origin=origin).status == 400
    visitor.come_back(listener, request)
    assert listener.wait(0) == "the-code"


def test_a_long_request_line_is_refused(visitor: Visitor, listener: Loopback) -> None:
    answer = send(listener, b"GET /callback?x=" + b"y" * 9000 + b" HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 414 ")


def test_endless_headers_are_cut_off(visitor: Visitor, listener: Loopback) -> None:
    request = visitor.expect(listener)
    lines = b"".join(b"X-%d: %s\r\n" % (n, b"y" * 4000) for n in range(90))
    assert b"303" not in send(
        listener,
        f"GET /callback?code=x&state={request.state} HTTP/1.1\r\nHost: 127.0.0.1:{listener.port}\r\n".encode()
        + lines
        + b"\r\n",
    )
    visitor.come_back(listener, request)
    assert listener.wait(0) == "the-code"


@pytest.mark.parametrize(
    "junk",
    [b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\r\n\r\n"],
)
def test_junk_is_refused_or_hung_up_on_without_being_repeated(
    visitor: Visitor, listener: Loopback, junk: bytes
) -> None:
    answer = send(listener, junk)
    assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5"))
    assert b"9.9" not in answer


def test_a_silent_connection_keeps_nobody_waiting(visitor: Visitor, listener: Loopback) -> None:
    request = visitor.expect(listener)
    silent = [socket.create_connection(("127.0.0.1", listener.port)) for _ in range(10)]
    visitor.come_back(listener, request)
    assert listener.wait(0) == "the-code"
    for connection in silent:
        connection.close()


def test_of_too_many_connections_the_oldest_goes(visitor: Visitor, listener: Loopback) -> None:
    request = visitor.expect(listener)
    silent = [
        socket.create_connection(("127.0.0.1", listener.port), timeout=10)
        for _ in range(MOST_CONNECTIONS + 8)
    ]
    visitor.come_back(listener, request)
    assert len(listener._servers[0]._live) <= MOST_CONNECTIONS
    assert silent[0].recv(1) == b""
    assert listener.wait(0) == "the-code"
    for connection in silent:
        connection.close()
