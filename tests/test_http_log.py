"""One line an exchange: when, what, how it ended, and nothing secret."""

from __future__ import annotations

import logging
import os
import re
import stat
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview import log
from bankview.errors import BankviewError
from bankview.log.http import KEPT, Exchange, Recent
from bankview.web import Sender
from tests.oauth.conftest import AuthServer, Say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AT = datetime(2026, 11, 21, 9, 5, 7, 8_900, UTC)
CANARY = "kanari-3f9A_x7kanari"
LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (GET|POST) http://127\.0\.0\.1:\d+\S* \S+ \d+ ms \d+ bytes \S+"
)


@pytest.fixture
def bank() -> Iterator[AuthServer]:
    server = AuthServer()
    yield server
    server.close()


@pytest.fixture
def recent() -> Recent:
    return Recent()


@pytest.fixture
def written(tmp_path: Path, recent: Recent) -> Path:
    log.install(tmp_path / "bankview.log", http_log=tmp_path / "http.log", recent=recent)
    return tmp_path / "http.log"


def send(method: str, url: str, **options: Any) -> None:
    sender = Sender()
    try:
        sender.send(method, url, **options)
    finally:
        sender.session.close()


def test_an_exchange_is_one_line(bank: AuthServer, written: Path, recent: Recent) -> None:
    bank.tell("/a", Say(201, b"hello", {"X-Request-ID": "r-1"}))
    send("GET", f"{bank.url}/a", params={"from": "2026-01-01", "access_token": CANARY})
    (line,) = written.read_text().splitlines()
    assert LINE.fullmatch(line)
    assert f"GET {bank.url}/a?from=2026-01-01&access_token=[hidden] 201 " in line
    assert line.endswith(" 5 bytes r-1")
    assert [str(one) for one in recent.after(0)[1]] == [line]


def test_a_failure_is_a_line_too(written: Path, nobody: str) -> None:
    with pytest.raises(BankviewError):
        send("POST", f"{nobody}/token", data={"code": CANARY})
    (line,) = written.read_text().splitlines()
    assert LINE.fullmatch(line)
    assert " BankUnavailableError " in line


@pytest.fixture
def nobody() -> str:
    server = AuthServer()
    server.close()
    return server.url


def test_bodies_and_headers_are_in_no_line(bank: AuthServer, written: Path) -> None:
    bank.tell("/a", Say(200, {"access_token": "canary-answer"}, {"Set-Cookie": "s=canary-cookie"}))
    headers = {"Authorization": "Bearer canary-bearer"}
    send("POST", f"{bank.url}/a", data="canary-body", headers=headers)
    assert "canary" not in written.read_text()


def test_the_file_is_appended_to_and_the_owners_alone(tmp_path: Path, bank: AuthServer) -> None:
    path = tmp_path / "http.log"
    path.write_text("before\n")
    path.chmod(0o644)
    log.install(tmp_path / "bankview.log", http_log=path)
    send("GET", f"{bank.url}/a")
    assert path.read_text().startswith("before\n")
    assert path.read_text().count("\n") == 2
    assert os.name != "posix" or stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://bank.example/a", "https://bank.example/a"),
        (
            "https://bank.example/a?page=2&from=2026-01-01",
            "https://bank.example/a?page=2&from=2026-01-01",
        ),
        ("https://bank.example/a?code=abc", "https://bank.example/a?code=[hidden]"),
        ("https://bank.example/a?STATE=ok", "https://bank.example/a?STATE=[hidden]"),
        ("https://bank.example/a?x-api-key=1", "https://bank.example/a?x-api-key=[hidden]"),
        ("https://bank.example/a?accountKey=k", "https://bank.example/a?accountKey=[hidden]"),
        ("https://bank.example/a?login_hint=me", "https://bank.example/a?login_hint=[hidden]"),
        ("https://bank.example/a?q=NO9386011117947", "https://bank.example/a?q=…7947"),
        ("https://bank.example/a?q=4111111111111111", "https://bank.example/a?q=…1111"),
        ("https://me:secret@bank.example/a", "https://[hidden]@bank.example/a"),
        ("https://bank.example/NO9386011117947/rows", "https://bank.example/…7947/rows"),
        ("https://bank.example/a?", "https://bank.example/a"),
        ("https://bank.example/a?flag", "https://bank.example/a?flag="),
        ("https://bank.example/a#token=x", "https://bank.example/a"),
        ("https://[bank", "[hidden]"),
    ],
)
def test_a_url_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert log.Redaction().clean_url(url) == shown


def test_a_secret_is_found_by_its_value_whatever_its_name() -> None:
    redaction = log.Redaction()
    redaction.hide(CANARY, "a secret/with=signs")
    assert CANARY not in redaction.clean_url(
        f"https://bank.example/{CANARY}?page={CANARY}&{CANARY}=1"
    )
    assert "signs" not in redaction.clean_url("https://bank.example/?q=a+secret%2Fwith%3Dsigns")


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_url_is_one_line_without_a_known_secret(name: str, value: str) -> None:
    redaction = log.Redaction()
    redaction.hide(CANARY)
    shown = redaction.clean_url(f"https://bank.example/a?{name}={value}{CANARY}")
    assert CANARY not in shown
    assert len(shown.splitlines()) == 1


def exchange(number: int) -> Exchange:
    return Exchange(AT + timedelta(seconds=number), "GET", f"https://bank.example/{number}", 200)


def told(recent: Recent, *exchanges: Exchange) -> None:
    for one in exchanges:
        record = logging.makeLogRecord({"msg": "%s", "args": (one,), "exchange": one})
        recent.handle(record)


def test_the_last_thousand_are_kept(recent: Recent) -> None:
    told(recent, *map(exchange, range(KEPT + 5)))
    count, kept = recent.after(0)
    assert count == KEPT + 5
    assert len(kept) == KEPT
    assert kept[-1] == exchange(KEPT + 4)


def test_who_has_seen_some_gets_the_rest(recent: Recent) -> None:
    told(recent, exchange(0), exchange(1))
    count, _ = recent.after(0)
    told(recent, exchange(2))
    assert recent.after(count) == (3, (exchange(2),))
    assert recent.after(3) == (3, ())


def test_other_lines_are_not_kept(recent: Recent) -> None:
    recent.handle(logging.makeLogRecord({"msg": "a connection had already ended"}))
    assert recent.after(0) == (0, ())


def test_the_instant_is_in_utc_with_milliseconds() -> None:
    oslo = AT.astimezone(timezone(timedelta(hours=1)))
    assert Exchange(oslo, "GET", "https://bank.example/").when == "2026-11-21T09:05:07.008Z"
