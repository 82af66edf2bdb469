"""A difference between rows and balance, as the window says it."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from bankview.domain.proof import Proof
from bankview.store import proofs
from bankview.sync.refresh import AccountReport
from bankview.ui.bars import difference_bars

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.windows.viewer import Viewer

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = date(2026, 11, 20)
DIFFERS = Proof((0,), date(2026, 5, 2), -12000, NOON, date(2026, 5, 3))
SUSPECTED = Proof((0,), date(2026, 5, 2), -12000, NOON)


@pytest.fixture(autouse=True)
def _norwegian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bankview.words.person_code", lambda: "nb_NO")


def told(proof: Proof | None) -> tuple[str, ...]:
    report = AccountReport(1, "Brukskonto", proof=proof, currency="NOK")
    return tuple(bar.title for bar in difference_bars([report], TODAY))


def test_a_difference_is_said_with_its_day() -> None:
    assert told(DIFFERS) == (
        "Brukskonto: the rows and the bank’s balance differ by 120,00 since 3 May.",
    )


def test_a_suspicion_is_kept_to_oneself() -> None:
    assert told(SUSPECTED) == ()
    assert told(None) == ()


def test_hidden_amounts_are_hidden_here_too() -> None:
    report = AccountReport(1, "Brukskonto", proof=DIFFERS, currency="NOK")
    (bar,) = difference_bars([report], TODAY, masked=True)
    assert "120" not in bar.title


@pytest.mark.window
def test_the_header_of_an_account_says_it_while_it_lasts(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    def says() -> bool:
        return (
            "Rows and balance differ by 120,00 since 3 May"
            in viewer.transactions.header.facts.text()
        )

    viewer.sidebar.choose(("account", 1))
    save(home, DIFFERS)
    viewer.reload()
    qtbot.waitUntil(says, timeout=20_000)
    save(home, SUSPECTED)
    viewer.reload()
    qtbot.waitUntil(lambda: not says(), timeout=20_000)


def save(home: Home, proof: Proof) -> None:
    with closing(home.database()) as db:
        proofs.save_proof(db, 1, proof)
