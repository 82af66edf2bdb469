"""What others wrote is shown as text wherever it is shown, and turns nothing around."""

from __future__ import annotations

import re
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QMessageBox,
    QToolTip,
    QWidget,
)

from bankview.language import seen, seen_lines
from bankview.store import view
from bankview.ui.models.transactions import Column
from bankview.ui.plain import hint, literal
from bankview.ui.windows.palette import Palette
from tests.ui.strange.household import FAMILY, FLAGS, LONG, TEXTS

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.windows.viewer import Viewer

PATIENCE = 20_000
#: What may stand in nothing that a window shows on one line.
STEERS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def shown(top: QWidget) -> str:
    """Return all texts of labels and buttons that can be seen, and see that none is read as markup."""
    found = []
    for label in top.findChildren(QLabel):
        if label.isVisibleTo(top):
            assert label.textFormat() is not Qt.TextFormat.AutoText, label.text()[:60]
            found.append(label.text())
    found += [one.text() for one in top.findChildren(QAbstractButton) if one.isVisibleTo(top)]
    return "\n".join(found)


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_seen_has_no_sign_that_steers(name: str) -> None:
    assert not STEERS.search(seen(TEXTS[name]))
    assert not STEERS.search(seen_lines(TEXTS[name]).replace("\n", ""))


def test_letters_stay_as_they_are() -> None:
    for name in ("emoji", "arabic", "hebrew", "markup", "entity", "ampersand", "percent", "marks"):
        assert seen(TEXTS[name]) == TEXTS[name]
    assert seen(f"{FAMILY}\u202e{FLAGS}") == FAMILY + FLAGS


def test_breaks_become_one_blank_and_overrides_nothing() -> None:
    assert seen(TEXTS["lines"]) == "first line second line third fourth"
    assert seen(TEXTS["override"]) == "paid to moc.live shop"
    assert seen_lines(TEXTS["lines"]) == "first line\nsecond line\nthird\nfourth"
    assert seen(" \x00 ") == ""


def test_a_hint_is_neither_wide_nor_high() -> None:
    for name in ("long", "one word"):
        lines = hint(TEXTS[name]).split("\n")
        assert len(lines) <= 8
        assert max(map(len, lines)) <= 80
        assert lines[-1].endswith("…")
    assert hint("M&S") == "M&S"


@pytest.mark.window
def test_no_cell_of_the_table_breaks_a_line(viewer: Viewer) -> None:
    model = viewer.transactions.model
    for row in range(model.rowCount()):
        for column in Column:
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
                assert not STEERS.search(model.index(row, column).data(role) or "")
    payees = {model.index(n, Column.PAYEE).data() for n in range(model.rowCount())}
    assert {TEXTS["markup"], TEXTS["entity"], TEXTS["hebrew"], LONG.strip()} - {""} <= {
        one.strip() for one in payees
    }


@pytest.mark.window
def test_a_tool_tip_and_a_box_take_no_markup(viewer: Viewer, qtbot: QtBot) -> None:
    QToolTip.showText(QPoint(5, 5), TEXTS["markup"], viewer.window)
    (tip,) = (one for one in QApplication.topLevelWidgets() if one.inherits("QTipLabel"))
    assert isinstance(tip, QLabel)
    assert tip.textFormat() is Qt.TextFormat.PlainText
    QToolTip.hideText()
    box = QMessageBox(viewer.window)
    qtbot.addWidget(box)
    box.setText(TEXTS["markup"])
    box.setInformativeText(TEXTS["script"])
    box.show()
    assert TEXTS["script"] in shown(box)
    box.close()


@pytest.mark.window
def test_the_details_of_a_row_show_its_texts(viewer: Viewer, qtbot: QtBot) -> None:
    model = viewer.transactions.model
    rows = [(n, model.row(n)) for n in range(model.rowCount())]
    viewer.room.set_detail(shown=True)
    for name in ("markup", "override", "lines", "long", "one word", "ampersand"):
        text = TEXTS[name].strip()
        place = next(n for n, row in rows if row and row.payee.strip() == text and not row.pending)
        viewer.table.selectRow(place)
        qtbot.waitUntil(partial(_is_shown, viewer, text), timeout=PATIENCE)
        said = shown(viewer.detail)
        assert not STEERS.search(said.replace("\n", ""))
        assert seen(text)[:100] in said.replace("\u200b", "")
        qtbot.waitUntil(partial(_fits, viewer), timeout=PATIENCE)
        similar = viewer.detail.findChild(QAbstractButton, "similar")
        assert similar
        assert similar.shortcut().isEmpty()
        assert "\n" not in similar.text()


def _fits(viewer: Viewer) -> bool:
    inside = viewer.detail._scroll.widget()
    return inside is not None and inside.width() <= viewer.detail._scroll.viewport().width()


def _is_shown(viewer: Viewer, payee: str) -> bool:
    return viewer.detail.row is not None and viewer.detail.row.payee.strip() == payee


@pytest.mark.window
def test_no_menu_takes_an_ampersand_for_a_key(viewer: Viewer) -> None:
    names = [action.text() for action in viewer.bar.banks.actions()]
    bank = next(one for one in viewer.connections if one.id == "odd")
    assert literal(bank.name) in names
    assert any("&& Sons <i>AS</i> paid to moc.live shop" in name for name in names)
    viewer._name_ways("search R&D", None)
    assert viewer.act["undo"].text() == "Undo: search R&&D"
    viewer.act["go"].trigger()
    (palette,) = viewer.window.findChildren(Palette)
    assert "Undo: search R&D" in [one.text for one in palette.entries.shown]
    palette.close()


@pytest.mark.window
def test_no_label_of_a_page_reads_markup(viewer: Viewer, qtbot: QtBot) -> None:
    for page in ("overview", "charts", "recurring"):
        viewer.sidebar.choose(("page", page))
        qtbot.waitUntil(lambda: not viewer._worker._waiting, timeout=PATIENCE)
        assert not STEERS.search(shown(viewer.window).replace("\n", ""))


@pytest.mark.window
def test_what_was_searched_for_is_no_markup(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.filters.search.setText("<b>nowhere</b>")
    nothing = viewer.transactions.nothing
    qtbot.waitUntil(nothing.isVisible, timeout=PATIENCE)
    assert nothing.text() == "No row matches “<b>nowhere</b>”."
    assert nothing.textFormat() is Qt.TextFormat.PlainText


@pytest.mark.window
def test_the_status_line_shows_an_error_as_it_is_and_its_own_link_as_one(
    viewer: Viewer, tmp_path: Path
) -> None:
    viewer.tell("<b>bold</b>")
    assert viewer._state.textFormat() is Qt.TextFormat.PlainText
    viewer.say_saved(2, tmp_path / "a<b>&.csv")
    assert viewer._state.textFormat() is Qt.TextFormat.RichText
    assert "2 rows saved to a&lt;b&gt;&amp;.csv. <a href=" in viewer._state.text()
    viewer.tell("<b>bold</b>")
    assert viewer._state.textFormat() is Qt.TextFormat.PlainText


def test_every_text_is_found(home: Home) -> None:
    with closing(home.database()) as db:
        for text in TEXTS.values():
            assert view.totals(db, view.Filter(text=text[:60])).count
