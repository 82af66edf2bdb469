"""What Fio does that no other bank does, over HTTP: history behind a lock, and a token within the path."""

from __future__ import annotations

import traceback
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bankview import log
from bankview.errors import BankUnavailableError, UnsafeRequestError
from bankview.log.http import Recent
from bankview.store.view import Filter, totals
from bankview.sync.refresh import refresh
from bankview.sync.session import open_session
from bankview.sync.sign_in import connect
from tests.tokens import fio

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tokens.conftest import PacedHome, Told
    from tests.tokens.strict import Api


@pytest.fixture
def api() -> Api:
    return replace(fio.API, answer=fio.locked)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """The folder with both of the app's own logs, written as in the app."""
    log.install(tmp_path / "app.log", http_log=tmp_path / "http.log", recent=Recent())
    return tmp_path


def test_a_locked_history_brings_what_is_free_and_says_what_is_left_out(
    home: PacedHome, told: Told
) -> None:
    connect(home, told.bank, told.front())
    report = refresh(home, "fio")
    assert (report.error, report.partial) == (None, ("older than 90 days",))
    assert report.new == fio.FREE_ROWS
    # The first call comes half a minute after the sign-in's, and so does each one after it.
    assert home.waited == [30, 30, 30]
    again = refresh(home, "fio")
    assert (again.new, again.partial) == (0, ())
    with closing(home.database()) as db:
        assert totals(db, Filter()).count == fio.FREE_ROWS


def test_the_banks_own_pointer_is_never_moved(home: PacedHome, told: Told) -> None:
    connect(home, told.bank, told.front())
    with open_session(home, "fio") as session:
        before = len(told.server.seen)
        for path in (
            "last/~token~/transactions.json",
            "/set-last-id/~token~/1/",
            "SET-LAST-DATE/~token~/2026-01-01/",
            ["set-last-id", "~token~", "1"],
        ):
            with pytest.raises(UnsafeRequestError):
                session.api.request("GET", path)
        assert len(told.server.seen) == before


def test_a_token_in_the_path_is_on_its_way_and_nowhere_else(
    home: PacedHome, told: Told, logs: Path
) -> None:
    connect(home, told.bank, told.front())
    refresh(home, "fio")
    with open_session(home, "fio") as session:
        # What is not known by its value has to be hidden by how it is sent.
        log.REDACTION.forget()
        reply = session.request(["periods", "~token~", "2026-03-01", "2026-03-01", "x.json"])
        assert "~token~" in reply.url
        told.server.close()
        session.sender.session.close()
        with pytest.raises(BankUnavailableError, match="could not be reached") as raised:
            session.get(["periods", "~token~", "2026-03-01", "2026-03-01", "x.json"])
        spoken = "".join(traceback.format_exception(raised.value))
        endpoints = str(session.database.run("SELECT endpoint FROM call"))
    written = "".join(path.read_text() for path in logs.glob("*.log"))
    assert fio.TOKEN in told.server.seen[-1].path
    assert "periods/~token~/2026-03-01" in written
    for text in (spoken, endpoints, written, repr(reply)):
        assert fio.TOKEN not in text
