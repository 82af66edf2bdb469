"""The listener: who may end a wait, and that nobody else can."""

from __future__ import annotations

import socket
import struct
import sys
import threading
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import pytest

from bankview.errors import (
    BadRedirectError,
    BankviewError,
    Interrupted,
    PortBusyError,
    SignInDeniedError,
    SignInTimedOutError,
    UsageError,
)
from bankview.oauth.authorization import AuthorizationRequest, new_request
from bankview.oauth.listener import MOST_CONNECTIONS
from bankview.oauth.loopback import Loopback, PasteBack
from bankview.oauth.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.client import HTTPMessage

SERVER = Server(
    issuer="https://bank.example",
    authorization_endpoint="https://bank.example/authorize",
    token_endpoint="https://bank.example/token",
)
HAS_IPV6 = socket.has_ipv6


def expect(listener: PasteBack, server: Server = SERVER) -> AuthorizationRequest:
    request = new_request(server, "bankview", listener.redirect_uri)
    listener.expect(request)
    return request


class Reply:
    def __init__(self, status: int, headers: HTTPMessage, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


def fetch(
    listener: Loopback, target: str, method: str = "GET", host: str = "127.0.0.1", **headers: str
) -> Reply:
    """Send one request just as it is written."""
    with closing(HTTPConnection(host, listener.port, timeout=10)) as connection:
        connection.putrequest(method, target, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())


def come_back(
    listener: Loopback, request: AuthorizationRequest, host: str = "127.0.0.1", **fields: str
) -> Reply:
    """Come back from the bank as a browser does, without going on to the next page."""
    query = urlencode({"code": "the-code", "state": request.state, **fields})
    return fetch(listener, f"{listener.path}?{query}", host=host)


@pytest.fixture
def listener() -> Iterator[Loopback]:
    with Loopback("http://127.0.0.1/callback") as listener:
        yield listener
        listener.cancel()


@contextmanager
def waiting(listener: PasteBack, timeout: float = 20) -> Iterator[list[str | BankviewError]]:
    """Wait in another thread; the list holds how it ended once the block is left."""
    ended: list[str | BankviewError] = []

    def run() -> None:
        try:
            ended.append(listener.wait(timeout))
        except BankviewError as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    yield ended
    thread.join(20)
    assert not thread.is_alive()


# The answer


def test_the_banks_answer_ends_the_wait_with_its_code(listener: Loopback) -> None:
    request = expect(listener)
    reply = come_back(listener, request)
    assert (reply.status, reply.headers["Location"]) == (303, "/done")
    assert listener.wait(0) == "the-code"


def test_an_answer_reaches_a_wait_that_has_begun(listener: Loopback) -> None:
    request = expect(listener)
    with waiting(listener) as ended:
        come_back(listener, request)
    assert ended == ["the-code"]


@pytest.mark.parametrize(
    "fields",
    [{"state": "wrong"}, {"state": ""}, {"state": "wrong", "error": "access_denied"}],
)
def test_a_wrong_state_is_refused_and_the_wait_goes_on(
    listener: Loopback, fields: dict[str, str]
) -> None:
    request = expect(listener)
    assert come_back(listener, request, **fields).status == 400
    assert come_back(listener, request).status == 303
    assert listener.wait(0) == "the-code"


@pytest.mark.parametrize(
    "query",
    ["", "?", "?error=access_denied", "?code=x", "?state", "?code=x&state=%ff", "?" + "a=b&" * 99],
)
def test_what_is_nobodys_answer_changes_nothing(listener: Loopback, query: str) -> None:
    request = expect(listener)
    assert fetch(listener, "/callback" + query).status == 400
    come_back(listener, request)
    assert listener.wait(0) == "the-code"


def test_a_thousand_bad_answers_do_not_keep_the_right_one_out(listener: Loopback) -> None:
    request = expect(listener)
    for number in range(1000):
        assert fetch(listener, f"/callback?error=access_denied&state={number}").status == 400
    come_back(listener, request)
    assert listener.wait(0) == "the-code"


def test_a_refusal_with_our_state_ends_the_wait(listener: Loopback) -> None:
    request = expect(listener)
    assert come_back(listener, request, error="access_denied").status == 303
    with pytest.raises(SignInDeniedError):
        listener.wait(0)


@pytest.mark.parametrize(
    "fields", [{"iss": "https://evil.example"}, {"code": ""}], ids=["issuer", "no code"]
)
def test_a_flaw_behind_our_state_ends_the_wait_as_nothing_better_will_come(
    listener: Loopback, fields: dict[str, str]
) -> None:
    request = expect(listener)
    come_back(listener, request, **fields)
    with pytest.raises(BadRedirectError):
        listener.wait(0)


def test_a_repeated_code_ends_the_wait_without_one(listener: Loopback) -> None:
    request = expect(listener)
    fetch(listener, f"/callback?code=1&code=2&state={request.state}")
    with pytest.raises(BadRedirectError, match="more than once"):
        listener.wait(0)


def test_a_promised_issuer_that_is_missing_ends_the_wait(listener: Loopback) -> None:
    request = expect(listener, replace(SERVER, iss_supported=True))
    come_back(listener, request)
    with pytest.raises(BadRedirectError, match="issuer"):
        listener.wait(0)


def test_only_the_first_answer_counts(listener: Loopback) -> None:
    request = expect(listener)
    come_back(listener, request)
    second = come_back(listener, request, code="another")
    assert (second.status, second.headers["Location"]) == (303, "/already")
    assert b"answered before" in fetch(listener, "/already").body
    assert listener.wait(0) == "the-code"


def test_of_answers_at_the_same_time_one_counts(listener: Loopback) -> None:
    request = expect(listener)
    gate = threading.Barrier(8)
    places: list[str | None] = []

    def run(number: int) -> None:
        gate.wait(10)
        places.append(come_back(listener, request, code=f"code-{number}").headers["Location"])

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(map(str, places)) == ["/already"] * 7 + ["/done"]


def test_nothing_is_accepted_before_a_request_is_expected(listener: Loopback) -> None:
    assert fetch(listener, "/callback?code=x&state=y").status == 400


def test_an_older_attempts_answer_is_refused(listener: Loopback) -> None:
    older = new_request(SERVER, "bankview", listener.redirect_uri)
    expect(listener)
    assert come_back(listener, older).status == 400


# The door


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
def test_other_paths_are_not_there_and_the_wait_goes_on(listener: Loopback, path: str) -> None:
    request = expect(listener)
    assert fetch(listener, f"{path}?code=x&state={request.state}").status == 404
    come_back(listener, request)
    assert listener.wait(0) == "the-code"


@pytest.mark.parametrize(
    "method", ["HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "BREW"]
)
def test_other_methods_are_not_allowed(listener: Loopback, method: str) -> None:
    request = expect(listener)
    reply = fetch(listener, f"/callback?code=x&state={request.state}", method, Content_Length="0")
    assert (reply.status, reply.headers["Allow"]) == (405, "GET")
    come_back(listener, request)
    assert listener.wait(0) == "the-code"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{}", "127.0.0.1", "127.0.0.1:1", "127.0.0.2:{}", ""]
)
def test_another_host_header_is_refused(listener: Loopback, host: str) -> None:
    request = expect(listener)
    target = f"/callback?code=x&state={request.state}"
    assert fetch(listener, target, Host=host.format(listener.port)).status == 400
    assert fetch(listener, "/done", Host=host.format(listener.port)).status == 400
    come_back(listener, request)
    assert listener.wait(0) == "the-code"


@pytest.mark.parametrize("host", ["127.0.0.1:{}", "localhost:{}", "LOCALHOST:{}", "[::1]:{}"])
def test_each_name_of_this_computer_is_a_host(listener: Loopback, host: str) -> None:
    request = expect(listener)
    target = f"/callback?code=x&state={request.state}"
    assert fetch(listener, target, Host=host.format(listener.port)).status == 303


def test_a_request_that_a_page_made_is_refused(listener: Loopback) -> None:
    request = expect(listener)
    target = f"/callback?code=x&state={request.state}"
    for origin in ("https://evil.example", "null"):
        assert fetch(listener, target, Origin=origin).status == 400
    come_back(listener, request)
    assert listener.wait(0) == "the-code"


def raw(listener: Loopback, data: bytes) -> bytes:
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


def test_a_long_request_line_is_refused(listener: Loopback) -> None:
    answer = raw(listener, b"GET /callback?x=" + b"y" * 9000 + b" HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 414 ")


def test_endless_headers_are_cut_off(listener: Loopback) -> None:
    request = expect(listener)
    lines = b"".join(b"X-%d: %s\r\n" % (n, b"y" * 4000) for n in range(90))
    assert b"303" not in raw(
        listener,
        f"GET /callback?code=x&state={request.state} HTTP/1.1\r\n".encode() + lines + b"\r\n",
    )
    come_back(listener, request)
    assert listener.wait(0) == "the-code"


@pytest.mark.parametrize(
    "junk",
    [b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\r\n\r\n"],
)
def test_junk_is_refused_or_hung_up_on_without_being_repeated(
    listener: Loopback, junk: bytes
) -> None:
    answer = raw(listener, junk)
    assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5"))
    assert b"9.9" not in answer


def test_a_silent_connection_keeps_nobody_waiting(listener: Loopback) -> None:
    request = expect(listener)
    silent = [socket.create_connection(("127.0.0.1", listener.port)) for _ in range(10)]
    come_back(listener, request)
    assert listener.wait(0) == "the-code"
    for connection in silent:
        connection.close()


def test_of_too_many_connections_the_oldest_goes(listener: Loopback) -> None:
    request = expect(listener)
    silent = [
        socket.create_connection(("127.0.0.1", listener.port), timeout=10)
        for _ in range(MOST_CONNECTIONS)
    ]
    come_back(listener, request)
    assert silent[0].recv(1) == b""
    assert listener.wait(0) == "the-code"
    for connection in silent:
        connection.close()


# The port


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
def test_localhost_answers_on_both_addresses(host: str) -> None:
    with Loopback("http://localhost/callback") as listener:
        request = expect(listener)
        come_back(listener, request, host)
        assert listener.wait(0) == "the-code"
        assert urlsplit(listener.redirect_uri).hostname == "localhost"


@pytest.mark.skipif(not HAS_IPV6, reason="this computer has no IPv6")
def test_an_ipv6_address_is_an_address() -> None:
    with Loopback("http://[::1]/callback") as listener:
        request = expect(listener)
        assert listener.redirect_uri == f"http://[::1]:{listener.port}/callback"
        come_back(listener, request, "::1")
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


def test_a_closed_listener_gives_its_port_back_at_once() -> None:
    with Loopback("http://127.0.0.1/callback") as listener:
        request = expect(listener)
        come_back(listener, request)
        port = listener.port
    for _ in range(3):
        with Loopback(f"http://127.0.0.1:{port}/callback"):
            pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_no_thread_is_left_behind() -> None:
    before = set(threading.enumerate())
    with Loopback("http://localhost/callback") as listener:
        silent = socket.create_connection(("127.0.0.1", listener.port))
        expect(listener)
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


def test_it_works_without_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with Loopback("http://127.0.0.1/callback") as listener:
        request = expect(listener)
        raw(listener, b"\x00\r\n\r\n")
        break_off(listener)
        assert fetch(listener, "/favicon.ico").status == 404
        assert come_back(listener, request).status == 303
        assert listener.wait(0) == "the-code"


# The end of a wait


@pytest.mark.parametrize("make", [Loopback, PasteBack])
def test_a_wait_can_be_cancelled_from_another_thread(make: Callable[[str], PasteBack]) -> None:
    with make("http://127.0.0.1/callback") as listener:
        expect(listener)
        with waiting(listener, 600) as ended:
            listener.cancel()
    assert [type(how) for how in ended] == [Interrupted]


def test_a_wait_that_was_cancelled_before_it_began_ends_at_once(listener: Loopback) -> None:
    expect(listener)
    listener.cancel()
    with pytest.raises(Interrupted):
        listener.wait(600)


def test_a_cancelled_listener_accepts_nothing_more(listener: Loopback) -> None:
    request = expect(listener)
    listener.cancel()
    assert come_back(listener, request).status == 400


def test_nobody_coming_back_ends_the_wait(listener: Loopback) -> None:
    expect(listener)
    with pytest.raises(SignInTimedOutError) as caught:
        listener.wait(0.01)
    assert caught.value.minutes == 1


# Pasting


@pytest.mark.parametrize("make", [Loopback, PasteBack])
def test_a_pasted_address_ends_the_wait(make: Callable[[str], PasteBack]) -> None:
    with make("http://127.0.0.1/callback") as listener:
        request = expect(listener)
        with waiting(listener) as ended:
            listener.accept(f" {listener.redirect_uri}?code=pasted&state={request.state}#_=_\n")
    assert ended == ["pasted"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the-code",
        "http://127.0.0.1/callback?code=x",
        "http://127.0.0.1/callback?code=x&state=y",
        "https://evil.example/?code=x&state={}",
        "?code=x&state={}&iss=https://evil.example",
        "?code=x&code=y&state={}",
        "?state={}",
    ],
)
def test_a_bad_paste_is_refused_and_can_be_tried_again(text: str) -> None:
    with PasteBack("https://app.example/callback") as listener:
        request = expect(listener)
        with pytest.raises(BadRedirectError):
            listener.accept(text.format(request.state))
        listener.accept(f"https://app.example/callback?code=x&state={request.state}")
        assert listener.wait(0) == "x"


def test_a_pasted_refusal_ends_the_wait() -> None:
    with PasteBack("https://app.example/callback") as listener:
        request = expect(listener)
        listener.accept(f"?error=access_denied&state={request.state}")
        with pytest.raises(SignInDeniedError):
            listener.wait(0)


def test_nothing_can_be_pasted_before_or_after_the_wait() -> None:
    with PasteBack("https://app.example/callback") as listener:
        with pytest.raises(BadRedirectError):
            listener.accept("?code=x&state=y")
        request = expect(listener)
    with pytest.raises(BadRedirectError):
        listener.accept(f"?code=x&state={request.state}")
