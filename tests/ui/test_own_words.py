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
    from bankview.ui.windows.viewer import Viewer

pytestmark = pytest.mark.window
PATIENCE = 20_000
CTRL = Qt.KeyboardModifier.ControlModifier


def own(viewer: Viewer, number: int = 3) -> OwnWords:
    """Choose a row and return its fields."""
    viewer.window.activateWindow()
    viewer.table.selectRow(number)
    assert viewer.detail.own
    return viewer.detail.own


def kept(home: Home, viewer: Viewer) -> Words:
    """Return what the ledger holds of the row that is shown."""
    row = viewer.detail.row
    assert row
    with closing(home.database()) as db:
        rowid = view.rowid_of(db, row.id)
        found = view.transaction(db, rowid) if rowid is not None else None
    return found.words if found else Words()


def undo(viewer: Viewer) -> None:
    viewer.table.setFocus()
    QTest.keyClick(viewer.table, Qt.Key.Key_Z, CTRL)


def test_a_note_is_kept_when_it_is_left(viewer: Viewer, home: Home, qtbot: QtBot) -> None:
    fields = own(viewer)
    fields.note.setFocus()
    QTest.keyClicks(fields.note, "For Ann")
    QTest.keyClick(fields.note, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: kept(home, viewer).note == "For Ann", timeout=PATIENCE)
    qtbot.waitUntil(
        lambda: bool((r := viewer.transactions.model.row(3)) and r.noted), timeout=PATIENCE
    )
    spoken = viewer.transactions.model.index(3, Column.PAYEE).data(
        Qt.ItemDataRole.AccessibleTextRole
    )
    assert spoken.endswith("with a note")


def test_a_note_is_kept_after_a_pause_and_typing_goes_on(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    fields = own(viewer)
    QTest.keyClicks(fields.note, "one")
    qtbot.waitUntil(lambda: kept(home, viewer).note == "one", timeout=PATIENCE)
    QTest.keyClicks(fields.note, " two")
    viewer.reload()
    qtbot.waitUntil(lambda: kept(home, viewer).note == "one two", timeout=PATIENCE)
    assert viewer.detail.own is fields
    assert fields.note.toPlainText() == "one two"


def test_a_note_is_kept_when_another_row_is_chosen(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    fields = own(viewer)
    first = viewer.detail.row
    QTest.keyClicks(fields.note, "mine")
    own(viewer, 5)
    assert first
    qtbot.waitUntil(
        lambda: bool((r := viewer.transactions.model.row(3)) and r.noted), timeout=PATIENCE
    )
    assert kept(home, viewer) == Words()
    own(viewer, 3)
    assert viewer.detail.own
    assert viewer.detail.own.note.toPlainText() == "mine"


def test_what_was_typed_last_is_kept_when_the_window_closes(viewer: Viewer, home: Home) -> None:
    QTest.keyClicks(own(viewer).note, "last")
    viewer.close_ledger()
    assert kept(home, viewer).note == "last"


def test_the_person_s_category_stands_in_the_table_and_ctrl_z_takes_it_back(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    fields = own(viewer)
    QTest.keyClicks(fields.category, "Presents")
    QTest.keyClick(fields.category, Qt.Key.Key_Return)
    shown = viewer.transactions.model.index
    qtbot.waitUntil(lambda: shown(3, Column.CATEGORY).data() == "Presents", timeout=PATIENCE)
    assert not viewer.table.isColumnHidden(Column.CATEGORY)
    qtbot.waitUntil(viewer.act["undo"].isEnabled, timeout=PATIENCE)
    undo(viewer)
    qtbot.waitUntil(lambda: shown(3, Column.CATEGORY).data() == "", timeout=PATIENCE)
    assert kept(home, viewer) == Words()
    qtbot.waitUntil(lambda: viewer.detail.own is not None and not viewer.detail.own.category.text())
    assert not viewer.act["undo"].isEnabled()


def test_tags_are_added_by_comma_and_return_and_go_by_their_cross(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    fields = own(viewer)
    QTest.keyClicks(fields.tag, "car,")
    QTest.keyClicks(fields.tag, "trip")
    QTest.keyClick(fields.tag, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: kept(home, viewer).tags == ("car", "trip"), timeout=PATIENCE)
    assert fields.chips.tags == ("car", "trip")
    chip = fields.chips.findChildren(QAbstractButton)[0]
    assert chip.accessibleName() == "Remove the tag car"
    QTest.keyClick(chip, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: kept(home, viewer).tags == ("trip",), timeout=PATIENCE)
    undo(viewer)
    qtbot.waitUntil(lambda: kept(home, viewer).tags == ("car", "trip"), timeout=PATIENCE)
    undo(viewer)
    qtbot.waitUntil(lambda: kept(home, viewer).tags == ("car",), timeout=PATIENCE)


def test_no_tag_is_lost_while_the_one_before_it_is_being_written(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    fields = own(viewer)
    with closing(home.database()) as other, other.writing():
        QTest.keyClicks(fields.tag, "car,")
        with qtbot.waitSignal(viewer.read, timeout=PATIENCE):
            viewer.reload()
        QTest.keyClicks(fields.tag, "trip,")
        with qtbot.waitSignal(viewer.read, timeout=PATIENCE):
            viewer.reload()
        assert fields.chips.tags == ("car", "trip")
    qtbot.waitUntil(lambda: kept(home, viewer).tags == ("car", "trip"), timeout=PATIENCE)
    assert viewer.detail.own is fields
    assert fields.chips.tags == ("car", "trip")


def test_a_row_is_checked_by_its_box_and_by_space(viewer: Viewer, home: Home, qtbot: QtBot) -> None:
    fields = own(viewer)
    fields.checked.click()
    qtbot.waitUntil(
        lambda: bool((r := viewer.transactions.model.row(3)) and r.checked), timeout=PATIENCE
    )
    viewer.table.setFocus()
    QTest.keyClick(viewer.table, Qt.Key.Key_Space)
    qtbot.waitUntil(
        lambda: not ((r := viewer.transactions.model.row(3)) and r.checked), timeout=PATIENCE
    )
    qtbot.waitUntil(lambda: not fields.checked.isChecked(), timeout=PATIENCE)
    undo(viewer)
    qtbot.waitUntil(lambda: kept(home, viewer).checked, timeout=PATIENCE)


def test_ctrl_z_in_a_field_takes_back_what_was_typed_there_first(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    fields = own(viewer)
    fields.checked.click()
    qtbot.waitUntil(viewer.act["undo"].isEnabled, timeout=PATIENCE)
    qtbot.waitUntil(lambda: kept(home, viewer).checked, timeout=PATIENCE)
    qtbot.waitUntil(
        lambda: bool((r := viewer.transactions.model.row(3)) and r.checked), timeout=PATIENCE
    )
    fields.note.setFocus()
    qtbot.waitUntil(fields.note.hasFocus, timeout=PATIENCE)
    QTest.keyClicks(fields.note, "x")
    QTest.keyClick(fields.note, Qt.Key.Key_Z, CTRL)
    assert fields.note.toPlainText() == ""
    assert kept(home, viewer).checked
    QTest.keyClick(fields.note, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: not kept(home, viewer).checked, timeout=PATIENCE)


def test_notes_and_tags_are_found_by_the_search(viewer: Viewer, home: Home, qtbot: QtBot) -> None:
    QTest.keyClicks(own(viewer).note, "godmother")
    viewer.detail.flush()
    qtbot.waitUntil(lambda: kept(home, viewer).note == "godmother", timeout=PATIENCE)
    viewer.filters.search.setText("godmo")
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == 1, timeout=PATIENCE)


def test_every_field_can_be_reached_by_tab_and_has_a_name(viewer: Viewer) -> None:
    fields = own(viewer)
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


def answer(home: Home, viewer: Viewer, *rows: Transaction) -> None:
    """Let the bank say these rows beside what it said before."""
    since = date(2026, 1, 1)
    with closing(home.database()) as db:
        (account,) = connections.accounts(db)
        before = [transaction(n, "Rema" if n % 3 else "Kiwi") for n in range(30)]
        memory, known = links.memory(db, account.id, since), ledger.known(db, account.id, since)
        changes = merge(account_identity("dnb", account), known, [*before, *rows], memory)
        ledger.publish(db, account, changes, NOON)
    viewer.reload(reset=True)


def choose(viewer: Viewer, text: str, qtbot: QtBot) -> None:
    def place() -> int | None:
        rows = (
            viewer.transactions.model.row(n) for n in range(viewer.transactions.model.rowCount())
        )
        return next((n for n, row in enumerate(rows) if row and row.text == text), None)

    qtbot.waitUntil(lambda: place() is not None, timeout=PATIENCE)
    viewer.table.selectRow(place() or 0)


def press(viewer: Viewer, name: str) -> None:
    buttons = viewer.detail.findChildren(QAbstractButton)
    next(one for one in buttons if one.objectName() == name).click()


def said(viewer: Viewer, name: str) -> str:
    labels = viewer.detail.findChildren(QLabel)
    return "".join(one.text() for one in labels if one.objectName() == name)


def test_a_booked_row_says_what_it_was_and_can_be_taken_apart(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    answer(home, viewer, held(-100000, "Circle K", 14))
    choose(viewer, "Circle K", qtbot)
    QTest.keyClicks(viewer.detail.own.note if viewer.detail.own else viewer.window, "Trip")
    viewer.detail.flush()
    qtbot.waitUntil(lambda: kept(home, viewer).note == "Trip", timeout=PATIENCE)
    answer(home, viewer, held(-61200, "CIRCLE K 14.11", 16, Status.BOOKED))
    choose(viewer, "CIRCLE K 14.11", qtbot)
    assert said(viewer, "was-pending").startswith("Was pending 2 days as −1")
    assert kept(home, viewer).note == "Trip"
    press(viewer, "take-apart")
    qtbot.waitUntil(lambda: kept(home, viewer) == Words(), timeout=PATIENCE)
    qtbot.waitUntil(lambda: not said(viewer, "was-pending"), timeout=PATIENCE)


@pytest.mark.parametrize("chosen", ["Visa", "Shop AS"])
def test_what_is_probably_the_same_is_asked_of_both_rows_and_can_be_accepted(
    viewer: Viewer, home: Home, qtbot: QtBot, chosen: str
) -> None:
    visa, shop = held(-5050, "Visa Shop", 14), held(-5050, "Shop AS", 15, Status.BOOKED)
    answer(home, viewer, visa)
    answer(home, viewer, visa, shop)
    choose(viewer, "Visa Shop" if chosen == "Visa" else chosen, qtbot)
    assert said(viewer, "probably-the-same").startswith("Probably the same as −50")
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == 32, timeout=PATIENCE)
    press(viewer, "same")
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == 31, timeout=PATIENCE)
    choose(viewer, "Shop AS", qtbot)
    told = "Was pending 1 day, “Visa Shop”"
    qtbot.waitUntil(lambda: said(viewer, "was-pending") == told, timeout=PATIENCE)
    qtbot.waitUntil(lambda: viewer.act["undo"].text() == "Undo: Same", timeout=PATIENCE)
    viewer.act["undo"].trigger()
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == 32, timeout=PATIENCE)


def test_declined_the_question_goes(viewer: Viewer, home: Home, qtbot: QtBot) -> None:
    answer(home, viewer, held(-5000, "Visa", 14))
    answer(home, viewer, held(-5000, "Shop AS", 15, Status.BOOKED))
    choose(viewer, "Shop AS", qtbot)
    press(viewer, "not-same")
    qtbot.waitUntil(lambda: not said(viewer, "probably-the-same"), timeout=PATIENCE)
    choose(viewer, "Shop AS", qtbot)
    assert not said(viewer, "probably-the-same")
    qtbot.waitUntil(lambda: viewer.act["undo"].text() == "Undo: Not the same", timeout=PATIENCE)
    viewer.act["undo"].trigger()
    qtbot.waitUntil(lambda: bool(said(viewer, "probably-the-same")), timeout=PATIENCE)


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
