"""The person's own words in the window: written in the details, seen in the table, taken back with Ctrl+Z."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.domain.words import Words
from bankview.store import connections, ledger, links, view
from bankview.sync.merge import account_identity, merge
from bankview.ui.models.transactions import Column
from bankview.ui.widgets.kin import was_text
from tests.ui.conftest import NOON, transaction

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.widgets.own_words import OwnWords
    from bankview.ui.windows.main import MainWindow

pytestmark = pytest.mark.window
PATIENCE = 20_000
CTRL = Qt.KeyboardModifier.ControlModifier


def own(window: MainWindow, number: int = 3) -> OwnWords:
    """Choose a row and return its fields."""
    window.activateWindow()
    window.table.selectRow(number)
    assert window.detail.own
    return window.detail.own


def kept(home: Home, window: MainWindow) -> Words:
    """Return what the ledger holds of the row that is shown."""
    row = window.detail.row
    assert row
    with closing(home.database()) as db:
        rowid = view.rowid_of(db, row.id)
        found = view.transaction(db, rowid) if rowid is not None else None
    return found.words if found else Words()


def undo(window: MainWindow) -> None:
    window.table.setFocus()
    QTest.keyClick(window.table, Qt.Key.Key_Z, CTRL)


def test_a_note_is_kept_when_it_is_left(window: MainWindow, home: Home, qtbot: QtBot) -> None:
    fields = own(window)
    fields.note.setFocus()
    QTest.keyClicks(fields.note, "For Ann")
    QTest.keyClick(fields.note, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: kept(home, window).note == "For Ann", timeout=PATIENCE)
    qtbot.waitUntil(lambda: bool((r := window.model.row(3)) and r.noted), timeout=PATIENCE)
    spoken = window.model.index(3, Column.PAYEE).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.endswith("with a note")


def test_a_note_is_kept_after_a_pause_and_typing_goes_on(
    window: MainWindow, home: Home, qtbot: QtBot
) -> None:
    fields = own(window)
    QTest.keyClicks(fields.note, "one")
    qtbot.waitUntil(lambda: kept(home, window).note == "one", timeout=PATIENCE)
    QTest.keyClicks(fields.note, " two")
    window.reload()
    qtbot.waitUntil(lambda: kept(home, window).note == "one two", timeout=PATIENCE)
    assert window.detail.own is fields
    assert fields.note.toPlainText() == "one two"


def test_a_note_is_kept_when_another_row_is_chosen(
    window: MainWindow, home: Home, qtbot: QtBot
) -> None:
    fields = own(window)
    first = window.detail.row
    QTest.keyClicks(fields.note, "mine")
    own(window, 5)
    assert first
    qtbot.waitUntil(lambda: bool((r := window.model.row(3)) and r.noted), timeout=PATIENCE)
    assert kept(home, window) == Words()
    own(window, 3)
    assert window.detail.own
    assert window.detail.own.note.toPlainText() == "mine"


def test_what_was_typed_last_is_kept_when_the_window_closes(window: MainWindow, home: Home) -> None:
    QTest.keyClicks(own(window).note, "last")
    window.close_ledger()
    assert kept(home, window).note == "last"


def test_the_person_s_category_stands_in_the_table_and_ctrl_z_takes_it_back(
    window: MainWindow, home: Home, qtbot: QtBot
) -> None:
    fields = own(window)
    QTest.keyClicks(fields.category, "Presents")
    QTest.keyClick(fields.category, Qt.Key.Key_Return)
    shown = window.model.index
    qtbot.waitUntil(lambda: shown(3, Column.CATEGORY).data() == "Presents", timeout=PATIENCE)
    assert not window.table.isColumnHidden(Column.CATEGORY)
    qtbot.waitUntil(window.act["undo"].isEnabled, timeout=PATIENCE)
    undo(window)
    qtbot.waitUntil(lambda: shown(3, Column.CATEGORY).data() == "", timeout=PATIENCE)
    assert kept(home, window) == Words()
    qtbot.waitUntil(lambda: window.detail.own is not None and not window.detail.own.category.text())
    assert not window.act["undo"].isEnabled()


def test_tags_are_added_by_comma_and_return_and_go_by_their_cross(
    window: MainWindow, home: Home, qtbot: QtBot
) -> None:
    fields = own(window)
    QTest.keyClicks(fields.tag, "car,")
    QTest.keyClicks(fields.tag, "trip")
    QTest.keyClick(fields.tag, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: kept(home, window).tags == ("car", "trip"), timeout=PATIENCE)
    assert fields.chips.tags == ("car", "trip")
    chip = fields.chips.findChildren(QAbstractButton)[0]
    assert chip.accessibleName() == "Remove the tag car"
    QTest.keyClick(chip, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: kept(home, window).tags == ("trip",), timeout=PATIENCE)
    undo(window)
    qtbot.waitUntil(lambda: kept(home, window).tags == ("car", "trip"), timeout=PATIENCE)
    undo(window)
    qtbot.waitUntil(lambda: kept(home, window).tags == ("car",), timeout=PATIENCE)


def test_a_row_is_checked_by_its_box_and_by_space(
    window: MainWindow, home: Home, qtbot: QtBot
) -> None:
    fields = own(window)
    fields.checked.click()
    qtbot.waitUntil(lambda: bool((r := window.model.row(3)) and r.checked), timeout=PATIENCE)
    window.table.setFocus()
    QTest.keyClick(window.table, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not ((r := window.model.row(3)) and r.checked), timeout=PATIENCE)
    qtbot.waitUntil(lambda: not fields.checked.isChecked(), timeout=PATIENCE)
    undo(window)
    qtbot.waitUntil(lambda: kept(home, window).checked, timeout=PATIENCE)


def test_ctrl_z_in_a_field_takes_back_what_was_typed_there_first(
    window: MainWindow, home: Home, qtbot: QtBot
) -> None:
    fields = own(window)
    fields.checked.click()
    qtbot.waitUntil(window.act["undo"].isEnabled, timeout=PATIENCE)
    qtbot.waitUntil(lambda: kept(home, window).checked, timeout=PATIENCE)
    qtbot.waitUntil(lambda: bool((r := window.model.row(3)) and r.checked), timeout=PATIENCE)
    fields.note.setFocus()
    qtbot.waitUntil(fields.note.hasFocus, timeout=PATIENCE)
    QTest.keyClicks(fields.note, "x")
    QTest.keyClick(fields.note, Qt.Key.Key_Z, CTRL)
    assert fields.note.toPlainText() == ""
    assert kept(home, window).checked
    QTest.keyClick(fields.note, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: not kept(home, window).checked, timeout=PATIENCE)


def test_notes_and_tags_are_found_by_the_search(
    window: MainWindow, home: Home, qtbot: QtBot
) -> None:
    QTest.keyClicks(own(window).note, "godmother")
    window.detail.flush()
    qtbot.waitUntil(lambda: kept(home, window).note == "godmother", timeout=PATIENCE)
    window.filters.search.setText("godmo")
    qtbot.waitUntil(lambda: window.model.rowCount() == 1, timeout=PATIENCE)


def test_every_field_can_be_reached_by_tab_and_has_a_name(window: MainWindow) -> None:
    fields = own(window)
    fields.category.setFocus()
    reached: list[QWidget] = []
    place: QWidget = fields.category
    for _ in range(20):
        reached.append(place)
        following = place.nextInFocusChain()
        assert following
        place = following
    wanted = (fields.category, fields.tag, fields.note, fields.checked)
    assert [one for one in reached if one in wanted] == list(wanted)
    names = [one.accessibleName() or one.property("text") for one in wanted]
    assert names == ["Category", "Add a tag", "Note", "Checked"]


def held(minor: int, text: str, day: int, status: Status = Status.PENDING) -> Transaction:
    return Transaction("key", status, date(2026, 11, day), Money(minor, "NOK"), text, payee=text)


def answer(home: Home, window: MainWindow, *rows: Transaction) -> None:
    """Let the bank say these rows beside what it said before."""
    since = date(2026, 1, 1)
    with closing(home.database()) as db:
        (account,) = connections.accounts(db)
        before = [transaction(n, "Rema" if n % 3 else "Kiwi") for n in range(30)]
        memory, known = links.memory(db, account.id, since), ledger.known(db, account.id, since)
        changes = merge(account_identity("dnb", account), known, [*before, *rows], memory)
        ledger.publish(db, account, changes, NOON)
    window.reload(reset=True)


def choose(window: MainWindow, text: str, qtbot: QtBot) -> None:
    def place() -> int | None:
        rows = (window.model.row(n) for n in range(window.model.rowCount()))
        return next((n for n, row in enumerate(rows) if row and row.text == text), None)

    qtbot.waitUntil(lambda: place() is not None, timeout=PATIENCE)
    window.table.selectRow(place() or 0)


def press(window: MainWindow, name: str) -> None:
    buttons = window.detail.findChildren(QAbstractButton)
    next(one for one in buttons if one.objectName() == name).click()


def said(window: MainWindow, name: str) -> str:
    labels = window.detail.findChildren(QLabel)
    return "".join(one.text() for one in labels if one.objectName() == name)


def test_a_booked_row_says_what_it_was_and_can_be_taken_apart(
    window: MainWindow, home: Home, qtbot: QtBot
) -> None:
    answer(home, window, held(-100000, "Circle K", 14))
    choose(window, "Circle K", qtbot)
    QTest.keyClicks(window.detail.own.note if window.detail.own else window, "Trip")
    window.detail.flush()
    qtbot.waitUntil(lambda: kept(home, window).note == "Trip", timeout=PATIENCE)
    answer(home, window, held(-61200, "CIRCLE K 14.11", 16, Status.BOOKED))
    choose(window, "CIRCLE K 14.11", qtbot)
    assert said(window, "was-pending").startswith("Was pending 2 days as −1")
    assert kept(home, window).note == "Trip"
    press(window, "take-apart")
    qtbot.waitUntil(lambda: kept(home, window) == Words(), timeout=PATIENCE)
    qtbot.waitUntil(lambda: not said(window, "was-pending"), timeout=PATIENCE)


@pytest.mark.parametrize("chosen", ["Visa", "Shop AS"])
def test_what_is_probably_the_same_is_asked_of_both_rows_and_can_be_accepted(
    window: MainWindow, home: Home, qtbot: QtBot, chosen: str
) -> None:
    visa, shop = held(-5050, "Visa Shop", 14), held(-5050, "Shop AS", 15, Status.BOOKED)
    answer(home, window, visa)
    answer(home, window, visa, shop)
    choose(window, "Visa Shop" if chosen == "Visa" else chosen, qtbot)
    assert said(window, "probably-the-same").startswith("Probably the same as −50")
    qtbot.waitUntil(lambda: window.model.rowCount() == 32, timeout=PATIENCE)
    press(window, "same")
    qtbot.waitUntil(lambda: window.model.rowCount() == 31, timeout=PATIENCE)

    def is_told() -> bool:
        # The rows may be read once more meanwhile.
        choose(window, "Shop AS", qtbot)
        return said(window, "was-pending") == "Was pending 1 day, “Visa Shop”"

    qtbot.waitUntil(is_told, timeout=PATIENCE)


def test_declined_the_question_goes(window: MainWindow, home: Home, qtbot: QtBot) -> None:
    answer(home, window, held(-5000, "Visa", 14))
    answer(home, window, held(-5000, "Shop AS", 15, Status.BOOKED))
    choose(window, "Shop AS", qtbot)
    press(window, "not-same")
    qtbot.waitUntil(lambda: not said(window, "probably-the-same"), timeout=PATIENCE)
    choose(window, "Shop AS", qtbot)
    assert not said(window, "probably-the-same")


@pytest.mark.parametrize(
    ("day", "minor", "text", "words"),
    [
        (16, -100, "A", "Was pending 2 days"),
        (15, -100, "A", "Was pending 1 day"),
        (14, -100, "A", "Was pending"),
        (16, -90, "A", "Was pending 2 days as −1.00"),
        (16, -100, "B", "Was pending 2 days, “A”"),
    ],
)
def test_what_was_is_said_as_far_as_it_differs(
    day: int, minor: int, text: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bankview.ui.widgets.kin.amount_text", lambda money: f"−{-money.amount}")
    row, was = held(minor, text, day, Status.BOOKED), held(-100, "A", 14)
    assert was_text(row, was, masked=False) == words
    hidden = was_text(row.but(amount=Money(-7, "NOK")), was, masked=True)
    assert "1.00" not in hidden
