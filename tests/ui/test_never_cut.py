"""Words have the room that they need, and what has none gives way as a whole."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QStandardItemModel
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton, QStyle, QTableView

from bankview import language
from bankview.domain.money import Money
from bankview.store.view import Fences, Row
from bankview.ui.colours import colours
from bankview.ui.measures import S4, Type, font
from bankview.ui.models.recurring import Column
from bankview.ui.models.transactions import Column as Columns
from bankview.ui.painting import HANDLE, SCROLL
from bankview.ui.style import Look as Style
from bankview.ui.widgets.flat_table import flatten
from bankview.ui.widgets.notice import Notice, NoticeBar
from bankview.ui.widgets.strip import ResultStrip
from bankview.ui.widgets.text import OneLine
from bankview.ui.windows.shortcuts import Shortcuts
from bankview.words import amount_text
from tests.screenshots import connecting, dialogs, household, pages
from tests.screenshots.cut import cut_words
from tests.screenshots.looks import SMALL, Look
from tests.screenshots.stage import Stage
from tests.ui.wearing import wear

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.ui.windows.viewer import Viewer

pytestmark = pytest.mark.window


def test_a_head_has_room_for_its_words(qtbot: QtBot) -> None:
    table = QTableView()
    qtbot.addWidget(table)
    model = QStandardItemModel(1, 1)
    model.setHorizontalHeaderLabels(["bookingDateOfThePayment"])
    table.setModel(model)
    header = flatten(table)
    header.resizeSections(header.ResizeMode.ResizeToContents)
    words = QFontMetrics(font(header.font(), Type.TINY)).horizontalAdvance(
        "bookingDateOfThePayment"
    )
    assert header.sectionSize(0) >= words + 2 * S4


def test_a_scroll_bar_is_its_handle_alone(qapp: QApplication, qtbot: QtBot) -> None:
    wear(qapp, Style())
    text = QPlainTextEdit("\n".join("line" for _ in range(2000)))
    qtbot.addWidget(text)
    text.resize(300, 300)
    text.show()
    bar = text.verticalScrollBar()
    assert bar.width() == SCROLL
    picture = bar.grab().toImage()
    found = colours(text.palette())
    rows = [y for y in range(picture.height()) if picture.pixelColor(SCROLL // 2, y) != found.base]
    assert HANDLE - 8 <= len(rows) <= HANDLE
    assert rows[0] <= 3
    bar.setValue(bar.maximum())
    at = bar.grab().toImage().pixelColor(SCROLL // 2, bar.height() - 6)
    assert at != found.base
    assert text.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent) == SCROLL


def test_a_strip_without_room_says_the_sum_and_nothing_half(qtbot: QtBot) -> None:
    strip = ResultStrip()
    qtbot.addWidget(strip)
    sums = {"NOK": (-10_117_037, 7_640)}
    strip.resize(900, 32)
    strip.show_totals(Fences(190, sums=sums), 589, masked=False)
    text = strip.findChild(QLabel, "result")
    assert isinstance(text, QLabel)
    assert "Out" in text.text()
    strip.show()
    strip.resize(420, 32)
    qtbot.waitUntil(lambda: "Out" not in text.text())
    assert "Sum" in text.text()
    assert "NOK" in text.text()


def test_payees_keep_their_room_before_the_range_and_the_last_day(
    drawn: QApplication, tmp_path: Path
) -> None:
    with (
        closing(household.home(tmp_path / "home")) as home,
        closing(Stage(home, tmp_path)) as stage,
    ):
        stage.viewer.sidebar.choose(("page", "recurring"))
        hidden = {}
        for width in (1600, 900):
            stage.window.resize(width, 700)
            stage.settle()
            table = stage.window.findChild(QTableView, "recurring")
            assert isinstance(table, QTableView)
            hidden[width] = [one.name for one in Column if table.isColumnHidden(one)]
            assert table.columnWidth(Column.PAYEE) >= 150
            assert table.horizontalScrollBar().maximum() == 0
        assert hidden[1600] == []
        assert hidden[900][-1] == "RANGE"


def test_no_word_of_any_window_is_cut_in_the_longest_language(
    drawn: QApplication, qt: QApplication, tmp_path: Path
) -> None:
    cut = {}
    with (
        closing(household.home(tmp_path / "home")) as home,
        closing(Stage(home, tmp_path, "de")) as stage,
    ):
        stage.dress(Look("light", SMALL, language="de"))
        for scene in (*pages.SCENES, *connecting.SCENES, *dialogs.SCENES):
            window = scene.open(stage)
            stage.settle()
            cut[scene.title] = list(cut_words(window))
            stage.clear()
    assert {title: words for title, words in cut.items() if words} == {}


def test_a_line_without_room_ends_in_an_ellipsis_and_a_hint_has_all_of_it(qtbot: QtBot) -> None:
    said = "Access to Crédit Agricole ends on 26 November 2026."
    bar = NoticeBar(Notice("1", "soon", "clock", said, button="Renew now"))
    qtbot.addWidget(bar)
    (title,) = bar.findChildren(OneLine)
    bar.resize(900, bar.height())
    bar.show()
    assert (title.fitted, title.toolTip(), title.text()) == (said, "", said)
    bar.resize(360, bar.height())
    qtbot.waitUntil(lambda: title.fitted.endswith("…"))
    assert title.toolTip() == title.text() == said
    assert title.geometry().right() < bar.findChildren(QPushButton)[0].x()


def test_every_key_is_listed_with_what_it_does(viewer: Viewer) -> None:
    viewer.act["keys"].trigger()
    dialog = viewer.window.findChild(Shortcuts)
    assert isinstance(dialog, Shortcuts)
    said = [one.text() for one in dialog.findChildren(QLabel)]
    assert said[said.index("Ctrl+K") - 1] == "Go to…"
    keyed = [one for one in viewer.act.values() if not one.shortcut().isEmpty()]
    assert len(said) == 2 * len(keyed) + 1
    dialog.reject()


def test_a_minus_stays_before_its_digits_among_words_from_right_to_left(qt: QApplication) -> None:
    plain = amount_text(Money(-12_345, "NOK"))
    language.use(language.PSEUDO)
    assert amount_text(Money(-12_345, "NOK")) == "\N{LEFT-TO-RIGHT MARK}" + plain


def test_what_explains_the_search_stays_in_a_mirrored_window(
    viewer: Viewer, qtbot: QtBot, qapp: QApplication
) -> None:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        viewer.window.activateWindow()
        viewer.act["find"].trigger()
        help_ = viewer.filters.help
        qtbot.waitUntil(help_.isVisible)
        field = viewer.filters.search
        right = field.mapTo(viewer.window, field.rect().topRight()).x()
        assert help_.geometry().right() == right
        assert help_.geometry().left() >= 0
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_a_category_that_the_bank_only_means_has_its_column(viewer: Viewer, qtbot: QtBot) -> None:
    rows = [Row(1, 1, 739_000, False, -100, "NOK", "Rema", "Card", "", None, marks=10 << 8)]
    assert rows[0].filed
    assert not rows[0].category
    viewer.table._first = lambda: rows  # type: ignore[method-assign]
    viewer.table.fit()
    assert not viewer.table.isColumnHidden(Columns.CATEGORY)
