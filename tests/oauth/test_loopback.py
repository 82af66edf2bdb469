"""Where the listener listens, and that it leaves nothing behind."""

from __future__ import annotations

import socket
import ssl
import struct
import sys
import threading
from contextlib import closing
from datetime import timedelta
from http.client import HTTPSConnection, RemoteDisconnected
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from cryptography import x509

from bankview.errors import (
    PortBusyError,
    UsageError,
)
from bankview.oauth.listener import SILENCE
from bankview.oauth.loopback import Loopback, warns

if TYPE_CHECKING:
    from tests.oauth.conftest import Visitor

HAS_IPV6 = socket.has_ipv6


def test_it_listens_on_loopback_alone(listener: Loopback) -> None:
    address = listener._servers[0].socket.getsockname()
    assert address[0] == "127.0.0.1"
    assert listener.redirect_uri == f"http://127.0.0.1:{address[1]}/callback"


def test_a_port_in_the_address_is_taken_exactly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Loopback(f"http://127.0.0.1:{port}/cgi-bin/tutorial.py") as listener:
        assert listener.port == port
        assert listener.redirect_uri == f"http://127.0.0.1:{port}/cgi-bin/tutorial.py"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_busy_port_is_named(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortBusyError, match=str(port)) as caught:
            Loopback(f"http://{host}:{port}/callback")
    assert (caught.value.host, caught.value.port) == ("127.0.0.1", port)


@pytest.mark.skipif(not HAS_IPV6, reason="this computer has no IPv6")
def test_localhost_is_ours_on_both_addresses_or_not_at_all() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortBusyError) as caught:
            Loopback(f"http://localhost:{port}/callback")
        assert caught.value.host == "::1"
        socket.create_server(("127.0.0.1", port)).close()


@pytest.mark.skipif(not HAS_IPV6, reason="this computer has no IPv6")
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_localhost_answers_on_both_addresses(visitor: Visitor, host: str) -> None:
    with Loopback("http://localhost/callback") as listener:
        request = visitor.expect(listener)
        visitor.come_back(listener, request, host)
        assert listener.wait(0) == "the-code"
        assert urlsplit(listener.redirect_uri).hostname == "localhost"


@pytest.mark.skipif(not HAS_IPV6, reason="this computer has no IPv6")
def test_an_ipv6_address_is_an_address(visitor: Visitor) -> None:
    with Loopback("http://[::1]/callback") as listener:
        request = visitor.expect(listener)
        assert listener.redirect_uri == f"http://[::1]:{listener.port}/callback"
        visitor.come_back(listener, request, "::1")
        assert listener.wait(0) == "the-code"


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/callback",
        "http://192.0.2.1/callback",
        "http://0.0.0.0/callback",
        "http://localhost.evil.example/",
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:99999/callback",
        "http://127.0.0.1/callback#x",
        "bankview:/callback",
        "",
    ],
)
def test_only_an_http_address_on_this_computer_can_be_listened_at(address: str) -> None:
    with pytest.raises(UsageError):
        Loopback(address)


@pytest.mark.parametrize(
    ("registered", "asked"),
    [
        ("http://127.0.0.1", "http://127.0.0.1:{}"),
        ("http://127.0.0.1/", "http://127.0.0.1:{}/"),
        ("http://127.0.0.1/a%20b?bank=1", "http://127.0.0.1:{}/a%20b?bank=1"),
        ("http://LOCALHOST/cb", "http://LOCALHOST:{}/cb"),
    ],
)
def test_nothing_of_the_registered_address_changes_but_its_port(
    registered: str, asked: str
) -> None:
    with Loopback(registered) as listener:
        assert listener.redirect_uri == asked.format(listener.port)


def test_a_closed_listener_gives_its_port_back_at_once(visitor: Visitor) -> None:
    with Loopback("http://127.0.0.1/callback") as listener:
        request = visitor.expect(listener)
        visitor.come_back(listener, request)
        port = listener.port
    for _ in range(3):
        with Loopback(f"http://127.0.0.1:{port}/callback"):
            pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_no_thread_is_left_behind(visitor: Visitor) -> None:
    before = set(threading.enumerate())
    with Loopback("http://localhost/callback") as listener:
        silent = socket.create_connection(("127.0.0.1", listener.port), timeout=SILENCE - 1)
        assert visitor.fetch(listener, "/").status == 404  # so that the silent one is let in
    assert silent.recv(1) == b""
    silent.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()


def test_our_own_name_is_not_looked_up() -> None:
    looked_up: list[object] = []

    def watch(frame: object, event: str, function: object) -> None:
        if event == "c_call" and function in {socket.gethostbyaddr, socket.getaddrinfo}:
            looked_up.append(function)

    sys.setprofile(watch)
    try:
        with Loopback("http://127.0.0.1/callback"):
            pass
    finally:
        sys.setprofile(None)
    assert not looked_up


def break_off(listener: Loopback) -> None:
    """Connect, send half a request, and reset the connection."""
    with socket.create_connection(("127.0.0.1", listener.port)) as connection:
        connection.sendall(b"GET /callback HTTP/1.1\r\n")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_it_works_without_stderr(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with Loopback("http://127.0.0.1/callback") as listener:
        request = visitor.expect(listener)
        break_off(listener)
        assert visitor.fetch(listener, "/favicon.ico").status == 404
        assert visitor.come_back(listener, request).status == 303
        assert listener.wait(0) == "the-code"


def test_a_browser_that_hangs_up_is_not_worth_a_word(
    listener: Loopback, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(threading.enumerate())
    break_off(listener)
    with socket.create_connection(("127.0.0.1", listener.port)) as connection:
        connection.sendall(b"\r\n")
        while connection.recv(1000):
            pass
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    assert capsys.readouterr() == ("", "")


@pytest.fixture
def https() -> str:
    """An https address on this computer at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"https://127.0.0.1:{taken.getsockname()[1]}/callback"


@pytest.mark.parametrize(
    ("address", "warned"),
    [
        ("https://127.0.0.1:8323/bankview", True),
        ("https://localhost:8323/bankview", True),
        ("https://127.0.0.1/bankview", False),
        ("https://app.example:8323/bankview", False),
        ("http://127.0.0.1:8323/bankview", False),
    ],
)
def test_a_browser_warns_of_https_on_this_computer(address: str, warned: bool) -> None:
    assert warns(address) is warned


def test_an_https_address_is_listened_at_only_when_it_is_asked_for(
    visitor: Visitor, https: str
) -> None:
    with Loopback(https) as listener:
        request = visitor.expect(listener)
        assert listener.redirect_uri == https
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", listener.port))
        listener.listen()
        listener.listen()
        certificate = ssl.get_server_certificate(("127.0.0.1", listener.port))
        trusting = ssl.create_default_context(cadata=certificate)
        with closing(
            HTTPSConnection("127.0.0.1", listener.port, context=trusting, timeout=10)
        ) as browser:
            browser.request("GET", f"/callback?code=the-code&state={request.state}")
            assert browser.getresponse().headers["Location"] == "/done"
        assert listener.wait(0) == "the-code"


def test_until_then_the_answer_can_be_pasted(visitor: Visitor, https: str) -> None:
    with Loopback(https) as listener:
        request = visitor.expect(listener)
        listener.accept(f"{https}?code=the-code&state={request.state}")
        assert listener.wait(0) == "the-code"


def test_who_speaks_no_tls_there_is_hung_up_on(visitor: Visitor, https: str) -> None:
    with Loopback(https) as listener:
        listener.listen()
        request = visitor.expect(listener)
        with pytest.raises((RemoteDisconnected, ConnectionResetError)):
            visitor.come_back(listener, request)


def test_a_port_that_is_taken_leaves_the_pasting(visitor: Visitor, https: str) -> None:
    with Loopback(https) as listener, socket.create_server(("127.0.0.1", listener.port)):
        request = visitor.expect(listener)
        with pytest.raises(PortBusyError):
            listener.listen()
        listener.accept(f"{https}?code=the-code&state={request.state}")
        assert listener.wait(0) == "the-code"


def test_a_listener_that_comes_too_late_is_closed(https: str) -> None:
    with Loopback(https) as listener:
        pass
    listener.listen()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", listener.port))


def test_the_certificate_names_this_computer_for_a_short_time(https: str) -> None:
    with Loopback(https) as listener:
        listener.listen()
        pem = ssl.get_server_certificate(("127.0.0.1", listener.port))
    shown = x509.load_pem_x509_certificate(pem.encode())
    names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert list(map(str, names.get_values_for_type(x509.IPAddress))) == ["127.0.0.1", "::1"]
    assert shown.not_valid_after_utc - shown.not_valid_before_utc < timedelta(days=2)
    assert not shown.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
