"""What each run brought is written down, and the oldest is let go of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bankview.store import diary
from bankview.store.diary import Line, Told

if TYPE_CHECKING:
    import pytest

    from tests.store.conftest import Book

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def told(account: str, new: int = 0, said: str = "") -> Told:
    return Told("dnb", "DNB", account, True, 37, new, 0, 1, said)


def test_the_newest_run_comes_first_and_its_accounts_in_their_order(book: Book) -> None:
    diary.write(book.db, NOON, [told("Current", 3), told("Card")])
    later = NOON + timedelta(hours=6)
    diary.write(book.db, later, [told("", said="DNB did not answer.")])
    assert diary.lines(book.db) == (
        Line(later, told("", said="DNB did not answer.")),
        Line(NOON, told("Current", 3)),
        Line(NOON, told("Card")),
    )
    assert diary.lines(book.db, 1) == (Line(later, told("", said="DNB did not answer.")),)


def test_the_oldest_is_let_go_of(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diary, "KEPT", 3)
    for n in range(5):
        diary.write(book.db, NOON + timedelta(minutes=n), [told(str(n))])
    assert [line.told.account for line in diary.lines(book.db)] == ["4", "3", "2"]
