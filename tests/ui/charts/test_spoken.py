"""A screen reader hears a chart as a chart, with its name, what it shows, and a way to its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from bankview.ui.widgets.balance_chart import BalanceChart
from bankview.ui.widgets.bars_chart import BarsChart
from bankview.ui.widgets.numbers import NumbersDialog
from bankview.ui.widgets.spoken_chart import TABLE, SpokenChart, install
from tests.ui.charts.test_widgets import BARS, LINE, shown

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.ui.widgets.chart import Chart

pytestmark = pytest.mark.window


@pytest.fixture
def chart(qtbot: QtBot) -> Chart:
    install()
    return shown(BalanceChart(), qtbot, line=LINE)


def test_it_is_a_chart_and_says_what_it_shows(chart: Chart) -> None:
    found = QAccessible.queryAccessibleInterface(chart)
    assert found.role() is QAccessible.Role.Chart
    assert found.text(QAccessible.Text.Name) == chart.accessibleName()
    assert found.text(QAccessible.Text.Description) == chart.summary()


def test_its_numbers_are_a_table_with_heads_and_cells(chart: Chart, qtbot: QtBot) -> None:
    spoken = SpokenChart(chart)
    assert TABLE in spoken.actionNames()
    assert spoken.localizedActionName(TABLE) == "Show as table…"
    spoken.doAction(TABLE)
    (dialog,) = chart.findChildren(NumbersDialog)
    table = QAccessible.queryAccessibleInterface(dialog.table)
    assert table.role() is QAccessible.Role.Table
    assert table.text(QAccessible.Text.Name) == chart.accessibleName()
    dialog.close()


def test_an_empty_chart_has_no_table(qtbot: QtBot) -> None:
    empty = BarsChart("Flow")
    qtbot.addWidget(empty)
    spoken = SpokenChart(empty)
    assert TABLE not in spoken.actionNames()
    empty.show_bars(BARS, masked=False)
    assert TABLE in spoken.actionNames()


def test_other_widgets_are_spoken_of_as_before(qtbot: QtBot) -> None:
    install()
    plain = QWidget()
    qtbot.addWidget(plain)
    assert QAccessible.queryAccessibleInterface(plain).role() is QAccessible.Role.Client
