"""One HTTP request: limits, errors, exact numbers, and an API client that cannot leave its bank."""

from __future__ import annotations

import datetime as dt
import gzip
import http.server
import ipaddress
import json
import socket
import ssl
import threading
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bankview import web
from bankview.errors import (
    BadBankDataError,
    BankRefusedError,
    BankUnavailableError,
    EmptyAnswerError,
    Interrupted,
    OfflineError,
    RateLimitedError,
    SignInNeededError,
    UnsafeRequestError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Answer = Callable[["Handler"], None]


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by what the test put under the path."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self.server.seen.append(self)
        self.server.answers[self.path.partition("?")[0]](self)

    do_POST = do_PUT = do_GET  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: object) -> None: ...

    def reply(self, body: bytes = b"{}", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    """A bank on loopback."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.seen: list[Handler] = []
        self.scheme = "http"

    @property
    def root(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: tests break connections on purpose."""


@pytest.fixture
def bank() -> Iterator[Server]:
    yield from _running(Server())


@pytest.fixture
def secure_bank(certificate: Path) -> Iterator[Server]:
    server = Server()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.scheme = "https"
    yield from _running(server)


def _running(server: Server) -> Iterator[Server]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and its own certificate for 127.0.0.1, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Invented bank")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "bank.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def sender() -> web.Sender:
    return web.Sender()


# Sending


def test_an_answer_comes_whole(bank: Server, sender: web.Sender) -> None:
    bank.answers["/a"] = lambda to: to.reply(b'{"x": 1}', 201, X_Own="yes")
    reply = sender.send("GET", f"{bank.root}/a")
    assert (reply.status, reply.body, reply.headers["x-own"]) == (201, b'{"x": 1}', "yes")
    assert (reply.host, reply.json()) == ("127.0.0.1", {"x": 1})


def test_the_server_learns_who_asks(bank: Server, sender: web.Sender) -> None:
    bank.answers["/a"] = Handler.reply
    sender.send("GET", f"{bank.root}/a")
    assert bank.seen[0].headers["User-Agent"] == web.USER_AGENT


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer(bank: Server, sender: web.Sender, status: int) -> None:
    bank.answers["/a"] = lambda to: to.reply(status=status, Location=f"{bank.root}/b")
    assert sender.send("GET", f"{bank.root}/a").status == status
    assert len(bank.seen) == 1


def test_a_netrc_is_not_read(
    bank: Server, sender: web.Sender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    bank.answers["/a"] = Handler.reply
    sender.send("GET", f"{bank.root}/a")
    assert "Authorization" not in bank.seen[0].headers


def test_the_systems_proxy_is_used(
    bank: Server, sender: web.Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", bank.root)
    bank.answers["http://bank.example/a"] = lambda to: to.reply(b'"by proxy"')
    assert sender.send("GET", "http://bank.example/a").json() == "by proxy"


def test_a_host_that_needs_no_proxy_gets_none(
    bank: Server, sender: web.Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    bank.answers["/a"] = Handler.reply
    assert sender.send("GET", f"{bank.root}/a").status == 200


# Limits


def test_an_answer_over_the_limit_is_refused(bank: Server) -> None:
    bank.answers["/a"] = lambda to: to.reply(b"x" * 100_001)
    with pytest.raises(BankUnavailableError, match="larger"):
        web.Sender(largest=100_000).send("GET", f"{bank.root}/a")


def test_an_answer_at_the_limit_is_read(bank: Server) -> None:
    bank.answers["/a"] = lambda to: to.reply(b"x" * 100_000)
    assert len(web.Sender(largest=100_000).send("GET", f"{bank.root}/a").body) == 100_000


def test_a_gzip_bomb_is_refused_before_it_goes_off(bank: Server, sender: web.Sender) -> None:
    bomb = gzip.compress(b"\0" * 60_000_000)
    assert len(bomb) < 100_000
    bank.answers["/a"] = lambda to: to.reply(bomb, Content_Encoding="gzip")
    with pytest.raises(BankUnavailableError, match="larger than 20 MB"):
        sender.send("GET", f"{bank.root}/a")


def test_a_body_that_is_no_gzip_is_an_error_of_ours(bank: Server, sender: web.Sender) -> None:
    bank.answers["/a"] = lambda to: to.reply(b"plain", Content_Encoding="gzip")
    with pytest.raises(BankUnavailableError):
        sender.send("GET", f"{bank.root}/a")


def _drip(to: Handler) -> None:
    to.send_response(200)
    to.send_header("Content-Length", "1000000")
    to.end_headers()
    for _ in range(1_000_000):
        to.wfile.write(b"x")


def _drip_headers(to: Handler) -> None:
    to.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(1_000_000):
        to.wfile.write(b"x")


@pytest.mark.parametrize("drip", [_drip, _drip_headers], ids=["body", "headers"])
def test_an_answer_that_drips_is_cut_at_the_deadline(bank: Server, drip: Answer) -> None:
    bank.answers["/a"] = drip
    ticks = count(step=10)
    sender = web.Sender(now=lambda: float(next(ticks)))
    with pytest.raises(BankUnavailableError, match="took too long"):
        sender.send("GET", f"{bank.root}/a")


def test_a_silent_answer_is_cut_at_the_deadline(bank: Server) -> None:
    end = threading.Event()

    def hang(_: Handler) -> None:
        end.wait(60)

    bank.answers["/a"] = hang
    with pytest.raises(BankUnavailableError, match=r"in time|too long"):
        web.Sender(deadline=0.05).send("GET", f"{bank.root}/a")
    end.set()


def test_many_answers_on_one_connection_each_have_their_own_deadline(bank: Server) -> None:
    bank.answers["/a"] = Handler.reply
    ticks = count(step=1)
    sender = web.Sender(now=lambda: float(next(ticks)))
    assert [sender.send("GET", f"{bank.root}/a").status for _ in range(40)] == [200] * 40


# Errors


def _closed(to: Handler) -> None:
    to.close_connection = True
    to.connection.shutdown(2)


def _cut(to: Handler) -> None:
    to.send_response(200)
    to.send_header("Content-Length", "100")
    to.end_headers()
    to.wfile.write(b"half")
    to.close_connection = True


def _garbage(to: Handler) -> None:
    to.wfile.write(b"this is no HTTP\r\n\r\n")
    to.close_connection = True


@pytest.mark.parametrize("answer", [_closed, _cut, _garbage])
def test_a_connection_that_breaks_is_the_banks_trouble(
    bank: Server, sender: web.Sender, answer: Answer
) -> None:
    bank.answers["/a"] = answer
    with pytest.raises(BankUnavailableError) as caught:
        sender.send("GET", f"{bank.root}/a")
    assert caught.value.host == "127.0.0.1"


@pytest.fixture
def nobody() -> str:
    """The address of a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_nobody_listening_is_the_banks_trouble(nobody: str, sender: web.Sender) -> None:
    with pytest.raises(BankUnavailableError, match="could not be reached"):
        sender.send("GET", f"{nobody}/a")


@pytest.mark.parametrize("url", ["https://bank.invalid/a", "https://192.0.2.1/a"])
def test_no_name_and_no_network_is_offline(sender: web.Sender, url: str) -> None:
    with pytest.raises(OfflineError):
        sender.send("GET", url)


def test_the_error_shows_no_query(nobody: str, sender: web.Sender) -> None:
    with pytest.raises(BankUnavailableError) as caught:
        sender.send("GET", f"{nobody}/a?code=canary", params={"token": "canary"})
    assert "canary" not in str(caught.value)


def test_a_certificate_that_nobody_vouches_for_is_refused(
    secure_bank: Server, sender: web.Sender
) -> None:
    secure_bank.answers["/a"] = Handler.reply
    with pytest.raises(BankUnavailableError, match="secure"):
        sender.send("GET", f"{secure_bank.root}/a")
    assert secure_bank.seen == []


def test_a_banks_own_certificate_is_trusted_for_it(secure_bank: Server, certificate: Path) -> None:
    secure_bank.answers["/a"] = Handler.reply
    sender = web.Sender(context=web.tls_context(ca=certificate))
    assert sender.send("GET", f"{secure_bank.root}/a").status == 200


def test_certificates_named_by_the_environment_are_not_trusted(
    secure_bank: Server,
    sender: web.Sender,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(certificate))
    with pytest.raises(BankUnavailableError, match="secure"):
        sender.send("GET", f"{secure_bank.root}/a")


def test_an_unreadable_certificate_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(ssl.SSLError):
        web.tls_context(ca=tmp_path / "ca.pem")


# Stopping


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("begun", [False, True], ids=["before the answer", "in its middle"])
def test_another_thread_cuts_an_exchange_short(
    bank: Server, secure_bank: Server, certificate: Path, secure: bool, begun: bool
) -> None:
    server = secure_bank if secure else bank
    asked, end = threading.Event(), threading.Event()

    def hang(to: Handler) -> None:
        if begun:
            to.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n\r\nhalf")
        asked.set()
        end.wait(60)
        to.close_connection = True

    server.answers["/a"] = hang
    sender = web.Sender(context=web.tls_context(ca=certificate))
    outcome: list[BaseException] = []

    def send() -> None:
        try:
            sender.send("GET", f"{server.root}/a")
        except Interrupted as error:
            outcome.append(error)

    thread = threading.Thread(target=send)
    thread.start()
    assert asked.wait(30)
    sender.stop()
    thread.join(15)
    end.set()
    assert [type(error) for error in outcome] == [Interrupted]


def test_after_a_stop_nothing_is_sent(bank: Server, sender: web.Sender) -> None:
    bank.answers["/a"] = Handler.reply
    sender.stop()
    with pytest.raises(Interrupted):
        sender.send("GET", f"{bank.root}/a")
    assert bank.seen == []


def test_a_stop_while_connecting_sends_nothing(bank: Server) -> None:
    bank.answers["/a"] = Handler.reply

    class StopsInTheMiddle(requests.Session):
        def request(self, *args: Any, **kwargs: Any) -> requests.Response:
            own.stop()
            return super().request(*args, **kwargs)

    own = web.Sender(StopsInTheMiddle())
    with pytest.raises(Interrupted):
        own.send("GET", f"{bank.root}/a")
    assert bank.seen == []


# Decoding

UNSOUND = {
    "nothing": b"",
    "html": b"<html>",
    "half": b'{"a": 1',
    "nan": b'{"a": NaN}',
    "infinity": b"[Infinity]",
    "minus infinity": b"[-Infinity]",
    "repeated": b'{"a": 1, "a": 2}',
    "repeated within": b'[{"b": {"a": 1, "a": 1}}]',
    "5000 digits": b"[" + b"9" * 5000 + b"]",
    "40 digits": b"[" + b"9" * 40 + b"]",
    "long fraction": b"[1." + b"9" * 100 + b"]",
    "absurd exponent": b"[1e99999999999999999999]",
    "deep": b"[" * 100_000,
    "deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "lone surrogate": rb'["\ud800"]',
    "lone surrogate in a name": rb'{"\uDC00x": 1}',
    "half of a pair": rb'["\ud83d text"]',
    "not utf-8": b'["\xe6"]',
    "utf-16": '["x"]'.encode("utf-16"),
    "two": b"{}{}",
    "raw control": b'["a\x01b"]',
    "trailing comma": b"[1,]",
    "single quotes": b"{'a': 1}",
}


@pytest.mark.parametrize("body", UNSOUND.values(), ids=UNSOUND.keys())
def test_json_that_is_not_sound_is_one_error(body: bytes) -> None:
    with pytest.raises(BadBankDataError, match="not sound JSON") as caught:
        web.decode(body, "bank.example")
    assert caught.value.host == "bank.example"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"\xef\xbb\xbf[1]", [1]),
        (b' {"a": "\xc3\xb8"} \n', {"a": "ø"}),
        (rb'["\ud83d\ude42"]', ["🙂"]),
        (b"[0.1]", [Decimal("0.1")]),
        (b"[-249.90]", [Decimal("-249.90")]),
        (b"[1E+2]", [Decimal("1E+2")]),
        (b"[12345678901234567890]", [12345678901234567890]),
        (b"null", None),
    ],
)
def test_sound_json_keeps_its_numbers_exact(body: bytes, value: object) -> None:
    decoded = web.decode(body)
    assert decoded == value
    assert "float" not in str([type(part) for part in decoded or []])


# Headers of an answer


def reply(status: int = 200, body: bytes = b"", **headers: str) -> web.Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Reply(status, "https://bank.example/a", named, body)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("1000000000", 86_400),
        ("9" * 5000, 86_400),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("Sat, 21 Nov 2026 12:01:00 GMT", 60),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0),
        ("Sat, 21 Nov 2026 12:02:00 -0000", 120),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("Sat, 99 Nov 2026 12:02:00 GMT", None),
    ],
)
def test_retry_after_in_every_form(text: str, seconds: int | None) -> None:
    answer = reply(429, Retry_After=text, Date="Sat, 21 Nov 2026 12:00:00 GMT")
    assert answer.retry_after == seconds


def test_a_date_to_retry_after_needs_the_servers_clock() -> None:
    assert reply(429, Retry_After="Sat, 21 Nov 2026 12:01:00 GMT").retry_after is None


def test_no_retry_after_is_none() -> None:
    assert reply(429).retry_after is None


@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000"])
def test_the_servers_clock_is_in_utc(zone: str) -> None:
    at = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
    assert reply(Date=f"Sat, 21 Nov 2026 12:00:00 {zone}").sent_at == at


@pytest.mark.parametrize("text", ["", "yesterday", "Sat, 99 Nov 2026 12:00:00 GMT"])
def test_a_clock_that_makes_no_sense_is_none(text: str) -> None:
    assert reply(Date=text).sent_at is None


# What a status means


@pytest.mark.parametrize("status", [200, 201, 204, 206])
def test_success_passes(status: int) -> None:
    assert web.check(reply(status)).status == status


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, BankUnavailableError),
        (302, BankUnavailableError),
        (400, BankRefusedError),
        (401, SignInNeededError),
        (403, BankRefusedError),
        (404, BankRefusedError),
        (406, BankRefusedError),
        (429, RateLimitedError),
        (500, BankUnavailableError),
        (502, BankUnavailableError),
        (503, BankUnavailableError),
    ],
)
def test_every_other_status_is_its_error(status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        web.check(reply(status))


@pytest.mark.parametrize("status", [429, 503])
def test_the_error_says_how_long_to_wait(status: int) -> None:
    with pytest.raises((RateLimitedError, BankUnavailableError)) as caught:
        web.check(reply(status, Retry_After="30"))
    assert vars(caught.value)["retry_after"] == 30


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"errors": [{"code": "ACCOUNT_CLOSED", "message": "x"}]}', "ACCOUNT_CLOSED"),
        (b'{"error": "forbidden"}', "forbidden"),
        (b'{"code": "X"}', "X"),
        (b'{"code": 17}', ""),
        (b'{"errors": []}', ""),
        (b'{"errors": ["x"]}', ""),
        (b"[1]", ""),
        (b"<html>", ""),
        (b"", ""),
    ],
)
def test_a_refusal_carries_the_banks_own_code(body: bytes, code: str) -> None:
    with pytest.raises(BankRefusedError) as caught:
        web.check(reply(403, body))
    assert (caught.value.status, caught.value.code) == (403, code)


# The API client

ROOT = "https://bank.example/personal/banking"


class Sent(list[tuple[str, str, dict[str, Any]]]):
    """A sender that keeps what it was given."""

    def __call__(self, method: str, url: str, **options: Any) -> web.Reply:
        self.append((method, url, options))
        return web.Reply(200, url, {}, b'{"ok": 0.5}')


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
def api(sent: Sent) -> web.Api:
    writes = [("PUT", "/consents"), ("POST", "/accounts/{id}/funds-confirmations")]
    return web.Api(ROOT + "/", sent, headers={"Accept": "application/json"}, writes=writes)


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("", ROOT),
        ("accounts", f"{ROOT}/accounts"),
        ("/accounts", f"{ROOT}/accounts"),
        ("accounts/", f"{ROOT}/accounts/"),
        ("accounts/a.b/..c", f"{ROOT}/accounts/a.b/..c"),
        ("accounts/a%20b", f"{ROOT}/accounts/a%20b"),
        (["accounts", 17, "transactions"], f"{ROOT}/accounts/17/transactions"),
        (["accounts", "a/b?c#d e"], f"{ROOT}/accounts/a%2Fb%3Fc%23d%20e"),
        (["accounts", "%2e%2e"], f"{ROOT}/accounts/%252e%252e"),
        (["accounts", "..;"], f"{ROOT}/accounts/..%3B"),
        (["accounts", "\ud800"], f"{ROOT}/accounts/%3F"),
        (["accounts", "ø"], f"{ROOT}/accounts/%C3%B8"),
        ([], ROOT),
    ],
)
def test_a_path_below_the_root_becomes_its_url(
    api: web.Api, path: str | list[str | int], url: str
) -> None:
    assert api.url(path) == url


OUTSIDE = [
    "..",
    "../other",
    "accounts/..",
    "accounts/../../other",
    "accounts/./x",
    ".",
    "./x",
    "//evil.example/x",
    "/..",
    "a//b",
    "accounts//",
    "%2e%2e/other",
    "%2E%2E/other",
    ".%2e/other",
    "a%2fb",
    "a%5Cb",
    "..\\other",
    "a\\b",
    "..;/other",
    "accounts/..;x=1/other",
    "https://evil.example/x",
    "HTTPS:evil",
    "accounts?x=1",
    "accounts#x",
    "a b",
    "a\nb",
    "a\tb",
    "a\x00b",
    "a\x7fb",
    ["accounts", ".."],
    ["accounts", "."],
    ["accounts", ""],
]


@pytest.mark.parametrize("path", OUTSIDE, ids=repr)
def test_a_path_that_could_leave_the_root_is_refused(
    api: web.Api, sent: Sent, path: str | list[str | int]
) -> None:
    with pytest.raises(UnsafeRequestError):
        api.get(path)
    assert sent == []


def test_a_get_carries_its_headers_and_parameters(api: web.Api, sent: Sent) -> None:
    value = api.get("accounts", {"from": "2026-01-01"}, {"X-Id": "1"})
    assert value == {"ok": Decimal("0.5")}
    headers = {"Accept": "application/json", "X-Id": "1"}
    assert sent == [
        ("GET", f"{ROOT}/accounts", {"params": {"from": "2026-01-01"}, "headers": headers})
    ]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "consents"),
        ("PUT", "/consents"),
        ("POST", ["accounts", "a-1", "funds-confirmations"]),
    ],
)
def test_a_write_that_the_bank_lists_is_sent(
    api: web.Api, sent: Sent, method: str, path: str | list[str | int]
) -> None:
    api.request(method, path, json={})
    assert [method for method, _, _ in sent] == [method]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "consents"),
        ("PUT", "consents/1"),
        ("PUT", "consent"),
        ("PUT", "x/consents"),
        ("PUT", "consents/"),
        ("POST", "accounts/a/b/funds-confirmations"),
        ("POST", "accounts//funds-confirmations"),
        ("POST", "accounts/a/payments"),
        ("DELETE", "consents"),
        ("PATCH", "consents"),
        ("HEAD", "accounts"),
        ("OPTIONS", "accounts"),
        ("get", "accounts"),
        ("put", "consents"),
        ("GET ", "accounts"),
        ("", "accounts"),
    ],
)
def test_every_other_write_is_refused(api: web.Api, sent: Sent, method: str, path: str) -> None:
    with pytest.raises(UnsafeRequestError):
        api.request(method, path)
    assert sent == []


def test_a_dot_in_a_listed_path_is_no_wildcard(sent: Sent) -> None:
    api = web.Api(ROOT, sent, writes=[("PUT", "/v1.0/consents")])
    with pytest.raises(UnsafeRequestError):
        api.request("PUT", "v1x0/consents")


def test_the_url_arrives_as_it_was_checked(bank: Server, sender: web.Sender) -> None:
    path = "/root/accounts/a%2Fb%252e%20c/x"
    bank.answers[path] = lambda to: to.reply(json.dumps(to.path).encode())
    api = web.Api(f"{bank.root}/root", sender.send)
    assert api.get(["accounts", "a/b%2e c", "x"]) == path


ASKED = ["accounts", "a-1", "transactions"]


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("?page=2", f"{ROOT}/accounts/a-1/transactions?page=2"),
        ("transactions?page=2", f"{ROOT}/accounts/a-1/transactions?page=2"),
        ("/other/v2/x?page=2", "https://bank.example/other/v2/x?page=2"),
        ("https://bank.example/other?a=%20b", "https://bank.example/other?a=%20b"),
        ("HTTPS://BANK.example:443/other", "https://bank.example/other"),
        ("//bank.example/other#top", "https://bank.example/other"),
        ("https://bank.example", "https://bank.example/"),
    ],
)
def test_a_link_leads_to_the_same_origin(api: web.Api, sent: Sent, href: str, url: str) -> None:
    assert api.follow(href, ASKED) == url
    api.get(web.Link(href, ASKED), None, {"X-Id": "1"})
    headers = {"Accept": "application/json", "X-Id": "1"}
    assert sent == [("GET", url, {"params": None, "headers": headers})]


@pytest.mark.parametrize(
    "href",
    [
        "https://evil.example/x",
        "//evil.example/x",
        "http://bank.example/x",
        "https://bank.example:8443/x",
        "https://bank.example.evil.example/x",
        "https://bank.example@evil.example/x",
        "https://me:pw@bank.example/x",
        "https://bank.example:x/",
        "https://[bank.example/",
        "javascript:alert(1)",
        "/\\evil.example/x",
        "\\\\evil.example",
        "/a b",
        "/a\nb",
        "/a\x00",
        "/ø",
        "/%2e%2e/x",
        "/a%2fb",
        "/a//b",
    ],
)
def test_a_link_to_another_origin_gets_no_request(api: web.Api, sent: Sent, href: str) -> None:
    with pytest.raises(UnsafeRequestError):
        api.get(web.Link(href, ASKED))
    assert sent == []


def test_a_link_is_read_and_never_written_to(api: web.Api, sent: Sent) -> None:
    with pytest.raises(UnsafeRequestError):
        api.request("PUT", web.Link("/personal/banking/consents?x=1", ASKED))
    assert sent == []


def test_no_body_is_bad_data_of_its_own_kind() -> None:
    with pytest.raises(EmptyAnswerError):
        web.Reply(204, ROOT, {}, b"").json()


@pytest.mark.parametrize(
    ("body", "code", "empty"),
    [
        (b'{"accounts": [], "_links": {}}', "", True),
        (b'{"status": 404, "error": "Not Found", "message": "NAAC"}', "NAAC", False),
        (b'{"error": "NO_CONSENTS", "message": "No consent was given"}', "NO_CONSENTS", False),
        (b'{"accounts": [], "message": "Nobody"}', "", False),
        (b'{"accounts": [], "details": [1]}', "", False),
        (b'{"errors": []}', "", False),
        (b"{}", "", False),
    ],
)
def test_a_refusal_that_is_only_an_empty_answer_says_so(
    body: bytes, code: str, empty: bool
) -> None:
    with pytest.raises(BankRefusedError) as caught:
        web.check(web.Reply(404, ROOT, {}, body))
    assert (caught.value.code, caught.value.empty) == (code, empty)


@pytest.mark.parametrize("path", ["last/x", "/last/x", "LAST/x", "%6cast/x", ["last", "x"], "last"])
def test_a_path_that_changes_something_is_not_read(path: Any) -> None:
    def send(*_: object, **__: object) -> web.Reply:
        raise AssertionError("it asked")

    api = web.Api("https://bank.example/api", send, never=("last",))
    with pytest.raises(UnsafeRequestError):
        api.url(path)
    assert api.url("lasting/x") == "https://bank.example/api/lasting/x"
