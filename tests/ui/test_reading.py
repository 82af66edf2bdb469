"""The ledger is read for the window: first what is seen, then what is counted, and nothing for a question of before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bankview.errors import StoreError
from bankview.store.view import Filter, Order
from bankview.ui import reading
from bankview.ui.facts import Question, read_rest
from bankview.ui.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from bankview.store.database import Database
    from bankview.sync.home import Home
    from bankview.ui.worker import Worker

PATIENCE = 20_000
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"


def question(text: str = "") -> Question:
    return Question(Filter(text=text), Order.DATE, down=True)


class Heard:
    """A reading, and what it said."""

    def __init__(self, worker: Worker, home: Home) -> None:
        self.db = home.database()
        self.reading = Reading(worker, home, self.db, worker)
        self.began: list[tuple[Any, Question]] = []
        self.completed: list[tuple[Any, Question]] = []
        self.failed: list[Exception] = []
        self.reading.began.connect(lambda facts, asked: self.began.append((facts, asked)))
        self.reading.completed.connect(lambda facts, asked: self.completed.append((facts, asked)))
        self.reading.failed.connect(self.failed.append)


@pytest.fixture
def heard(worker: Worker, home: Home) -> Iterator[Heard]:
    made = Heard(worker, home)
    yield made
    made.reading.close()
    made.db.close()


def test_the_first_page_comes_before_the_sums(heard: Heard, qtbot: QtBot) -> None:
    asked = question("kiwi")
    heard.reading.ask(asked, at_once=True)
    qtbot.waitUntil(lambda: bool(heard.completed), timeout=PATIENCE)
    (first, of_first), (whole, of_whole) = heard.began[0], heard.completed[0]
    assert of_first is of_whole is asked
    assert (first.whole, len(first.first), first.fences.sums) == (False, 10, {})
    assert (whole.whole, whole.fences.count) == (True, 10)
    assert whole.fences.sums["NOK"][0] < 0
    assert whole.everything == 30


def test_without_haste_it_comes_whole(heard: Heard, qtbot: QtBot) -> None:
    heard.reading.ask(question(), at_once=False)
    qtbot.waitUntil(lambda: bool(heard.completed), timeout=PATIENCE)
    assert not heard.began
    assert len(heard.completed[0][0].first) == 30


def test_an_unfiltered_view_is_counted_at_once(heard: Heard, qtbot: QtBot) -> None:
    heard.reading.ask(question(), at_once=True)
    qtbot.waitUntil(lambda: bool(heard.began), timeout=PATIENCE)
    assert heard.began[0][0].fences.count == 30


def test_a_newer_question_cuts_the_older_one_short(
    heard: Heard, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:

    def slow(home: Home, db: Database, facts: Any, asked: Question) -> Any:
        if asked.filter.text == "rema":
            db.run(ENDLESS)
        return read_rest(home, db, facts, asked)

    monkeypatch.setattr(reading, "read_rest", slow)
    heard.reading.ask(question("rema"), at_once=True)
    qtbot.waitUntil(lambda: bool(heard.began), timeout=PATIENCE)
    heard.reading.ask(question("kiwi"), at_once=True)
    qtbot.waitUntil(lambda: bool(heard.completed), timeout=PATIENCE)
    assert [asked.filter.text for _, asked in heard.completed] == ["kiwi"]
    assert not heard.failed


def test_the_newest_question_is_answered_though_a_cut_for_the_one_before_hits_it(
    heard: Heard, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    cuts = [1, 2]

    def hit(home: Home, db: Database, facts: Any, asked: Question) -> Any:
        if cuts:
            cuts.pop()
            with db.within(0):
                db.run(ENDLESS)
        return read_rest(home, db, facts, asked)

    monkeypatch.setattr(reading, "read_rest", hit)
    heard.reading.ask(question("kiwi"), at_once=False)
    qtbot.waitUntil(lambda: bool(heard.completed), timeout=PATIENCE)
    assert not cuts
    assert heard.completed[0][0].fences.count == 10


def test_a_first_page_that_takes_no_time_needs_no_worker(
    heard: Heard, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard.reading.ask(question(), at_once=True)
    qtbot.waitUntil(lambda: bool(heard.completed), timeout=PATIENCE)
    monkeypatch.setattr(reading, "read_first", lambda db, *_: db.run(ENDLESS))
    heard.reading.ask(question("kiwi"), at_once=True)
    qtbot.waitUntil(lambda: len(heard.completed) == 2, timeout=PATIENCE)
    assert len(heard.began[1][0].first) == 10


def test_a_first_page_that_takes_time_is_left_to_the_worker(
    heard: Heard, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard.reading.ask(question(), at_once=True)
    qtbot.waitUntil(lambda: bool(heard.completed), timeout=PATIENCE)
    monkeypatch.setattr(reading, "read_page", lambda db, *_: db.run(ENDLESS))
    heard.reading.ask(question("kiwi"), at_once=True)
    qtbot.waitUntil(lambda: len(heard.completed) == 2, timeout=PATIENCE)
    assert len(heard.began[1][0].first) == 10


def test_of_questions_in_a_row_the_last_is_answered(heard: Heard, qtbot: QtBot) -> None:
    for text in ("k", "ki", "kiw", "kiwi"):
        heard.reading.ask(question(text), at_once=True)
    qtbot.waitUntil(lambda: bool(heard.completed), timeout=PATIENCE)
    assert {asked.filter.text for _, asked in heard.began + heard.completed} == {"kiwi"}


def test_a_ledger_that_cannot_be_read_is_said(
    heard: Heard, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise StoreError("gone")

    monkeypatch.setattr(reading, "read_first", broken)
    heard.reading.ask(question(), at_once=True)
    qtbot.waitUntil(lambda: bool(heard.failed), timeout=PATIENCE)
    assert isinstance(heard.failed[0], StoreError)


def test_a_closed_reading_says_nothing_more(
    heard: Heard, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "read_first", lambda db, *_: db.run(ENDLESS))
    heard.reading.ask(question(), at_once=True)
    heard.reading.close()
    assert worker.close()
    assert [*heard.began, *heard.completed, *heard.failed] == []
