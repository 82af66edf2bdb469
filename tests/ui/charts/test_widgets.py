"""Charts on the screen: what mouse and keys reach, what is said, hidden, copied and saved."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableWidgetItem

from bankview.errors import TargetError
from bankview.ui import colours
from bankview.ui.charts.values import Bars, Group, Kind, Line, Rank, Ranks
from bankview.ui.models.transactions import MASK
from bankview.ui.widgets.balance_chart import BalanceChart
from bankview.ui.widgets.bars_chart import BarsChart
from bankview.ui.widgets.numbers import NumbersDialog
from bankview.ui.widgets.ranked_bars import RankedBars

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.ui.widgets.chart import Chart

FIRST = date(2026, 3, 1)
HUGE = 10**17 - 1
LINE = Line("NOK", FIRST, [100_000, 250_000, -50_000, 75_000], [80_000], asks="currency:NOK")
BARS = Bars(
    "NOK",
    (Kind("In", "credit"), Kind("Out", "quiet", out=True)),
    (
        Group("Mar", "March 2026", (900, 400), ("in 3", "out 3")),
        Group("Apr", "April 2026", (0, 1200), ("in 4", "out 4")),
    ),
)
RANKS = Ranks(
    "NOK",
    (
        Rank("food", "Food", 5000, 4000, "food", "category:food", opens=True),
        Rank("x", "Shop", 1500, None, asks="payee:Shop"),
        Rank("y", "Refund", -200, 100, asks="payee:Refund"),
    ),
    6300,
    "Period before",
)


def shown(chart: Chart, qtbot: QtBot, **facts: Any) -> Chart:
    """Give a chart its values, and show it."""
    if isinstance(chart, BalanceChart):
        chart.show_line(facts.pop("line", LINE), **facts)
    elif isinstance(chart, BarsChart):
        chart.show_bars(facts.pop("bars", BARS), **facts)
    elif isinstance(chart, RankedBars):
        chart.show_ranks(facts.pop("ranks", RANKS), **facts)
    qtbot.addWidget(chart)
    chart.resize(600, 240)
    chart.show()
    qtbot.waitExposed(chart)
    return chart


def text_of(item: QTableWidgetItem | None) -> str:
    assert item is not None
    return item.text()


def charts() -> list[Chart]:
    return [BalanceChart(), BarsChart("Flow"), RankedBars("Spending")]


def picture(chart: Chart) -> QImage:
    return chart.grab().toImage()


@pytest.fixture(params=range(3), ids=["line", "bars", "ranks"])
def chart(request: pytest.FixtureRequest, qtbot: QtBot) -> Chart:
    return shown(charts()[request.param], qtbot)


def test_keys_walk_over_every_place_and_stop_at_the_ends(chart: Chart) -> None:
    forward, back = (
        (Qt.Key.Key_Down, Qt.Key.Key_Up)
        if isinstance(chart, RankedBars)
        else (Qt.Key.Key_Right, Qt.Key.Key_Left)
    )
    seen = []
    for _ in range(chart.count() + 1):
        QTest.keyClick(chart, forward)
        seen.append(chart.place)
    assert seen == [*range(chart.count()), chart.count() - 1]
    QTest.keyClick(chart, back)
    assert chart.place == chart.count() - 2
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert chart.place == 0
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.place is None


def test_the_mark_is_seen_and_so_is_the_focus(chart: Chart) -> None:
    plain = picture(chart)
    chart.mark(1)
    marked = picture(chart)
    assert marked != plain
    chart.mark(None)
    assert picture(chart) == plain
    chart._by_keys = True
    chart.activateWindow()
    chart.setFocus(Qt.FocusReason.TabFocusReason)
    if chart.hasFocus():
        assert picture(chart) != plain


def test_the_mouse_finds_the_place_that_keys_find(chart: Chart) -> None:
    found = {
        place
        for x in range(0, 600, 2)
        for y in (14, 40, 60, 100, 180)
        if (place := chart.place_at(QPointF(x, y))) is not None
    }
    assert found == set(range(chart.count()))


def test_a_click_on_a_day_asks_for_its_transactions(qtbot: QtBot) -> None:
    chart = shown(BalanceChart(), qtbot)
    with qtbot.waitSignal(chart.rows_asked) as asked:
        QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(5, 100))
    assert asked.args == ["currency:NOK date:2026-03-01"]


def test_a_day_to_come_has_no_transactions(qtbot: QtBot) -> None:
    chart = shown(BalanceChart(), qtbot)
    chart.mark(4)
    with qtbot.assertNotEmitted(chart.rows_asked):
        QTest.keyClick(chart, Qt.Key.Key_Return)
    assert chart.said_of(4)[0][0].endswith("expected")


def test_return_asks_for_what_is_behind_a_bar(qtbot: QtBot) -> None:
    chart = shown(BarsChart("Flow"), qtbot)
    chart.mark(3)
    with qtbot.waitSignal(chart.rows_asked) as asked:
        QTest.keyClick(chart, Qt.Key.Key_Return)
    assert asked.args == ["out 4"]
    assert chart.said_of(3)[:2] == [("April 2026", ""), ("Out", "−12.00")]


def test_a_row_opens_where_something_is_inside_and_asks_where_not(qtbot: QtBot) -> None:
    chart = shown(RankedBars("Spending"), qtbot)
    assert isinstance(chart, RankedBars)
    chart.mark(0)
    with qtbot.waitSignal(chart.opened) as opened, qtbot.assertNotEmitted(chart.rows_asked):
        QTest.keyClick(chart, Qt.Key.Key_Return)
    assert opened.args == ["food"]
    with qtbot.waitSignal(chart.rows_asked) as asked:
        QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(50, 40))
    assert asked.args == ["payee:Shop"]
    chart.mark(0)
    with qtbot.waitSignal(chart.rows_asked) as asked:
        chart.menu().actions()[0].trigger()
    assert asked.args == ["category:food"]


def test_the_description_says_first_last_lowest_and_highest(qtbot: QtBot) -> None:
    assert shown(BalanceChart(), qtbot).accessibleDescription() == (
        "First 1,000.00 NOK, 1 March 2026. Last 750.00 NOK, 4 March 2026."
        " Lowest −500.00 NOK, 3 March 2026. Highest 2,500.00 NOK, 2 March 2026."
    )


def test_no_digit_of_an_amount_is_left_where_amounts_are_hidden(qtbot: QtBot) -> None:
    odd = 777_777_77
    line = Line("NOK", FIRST, [odd, -odd], [odd])
    groups = (Group("Mar", "March", (odd, odd), ()),)
    ranks = Ranks("NOK", (Rank("a", "A", odd, odd),), odd, "Before")
    for chart in charts():
        shown(chart, qtbot, masked=True, **_given(chart, line, groups, ranks))
        said = [chart.accessibleDescription(), chart.numbers().copied(masked=chart.masked)]
        said += [amount for n in range(chart.count()) for _, amount in chart.said_of(n)]
        assert MASK in "".join(said)
        assert "7" not in "".join(said)


def _given(chart: Chart, line: Line, groups: tuple[Group, ...], ranks: Ranks) -> dict[str, Any]:
    if isinstance(chart, BalanceChart):
        return {"line": line}
    return (
        {"ranks": ranks}
        if isinstance(chart, RankedBars)
        else {"bars": Bars("NOK", BARS.kinds, groups)}
    )


def test_hidden_amounts_of_one_shape_look_the_same(qtbot: QtBot) -> None:
    small = Line("NOK", FIRST, [n * 100 for n in LINE.balances], [8_000_000])
    pictures = []
    for line in (Line("NOK", FIRST, LINE.balances, [80_000]), small):
        chart = shown(BalanceChart(), qtbot, line=line, masked=True)
        pictures.append(picture(chart))
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize(
    "line",
    [
        Line("NOK", FIRST, ()),
        Line("NOK", FIRST, [5]),
        Line("NOK", FIRST, [0, 0]),
        Line("NOK", date(1990, 1, 1), [HUGE, -HUGE] * 20_000, news=date(1995, 1, 1)),
        Line("NOK", date(2099, 12, 1), [-5] * 31, [-6], news=date(2099, 11, 1)),
        Line("NOK", FIRST, (), [7, 8]),
        Line("KWD", FIRST, [1, 2], news=FIRST - timedelta(days=9)),
    ],
    ids=["empty", "one", "zero", "huge", "late", "only ahead", "no news"],
)
def test_any_line_is_drawn(qtbot: QtBot, line: Line) -> None:
    chart = shown(BalanceChart(), qtbot, line=line)
    for place in (0, chart.count() - 1):
        chart.mark(place if chart.count() else None)
        assert not picture(chart).isNull()
    assert chart.accessibleDescription() or not line.balances


@pytest.mark.parametrize("width", [40, 240, 2560])
def test_any_bars_are_drawn_in_any_room(qtbot: QtBot, width: int) -> None:
    many = tuple(Group(f"M{n}", "<b>" * 700, (HUGE * (n % 3 - 1), n), ("", "")) for n in range(300))
    ranks = Ranks("NOK", tuple(Rank(str(n), "x\n" * 999, HUGE - n) for n in range(9)), HUGE)
    for made in (
        shown(BarsChart("Flow"), qtbot, bars=Bars("NOK", BARS.kinds, many)),
        shown(BarsChart("None"), qtbot, bars=Bars("NOK", BARS.kinds, ())),
        shown(RankedBars("Ranks"), qtbot, ranks=ranks),
        shown(RankedBars("None"), qtbot, ranks=Ranks("NOK", (), 0)),
    ):
        made.resize(width, 200)
        made.mark(made.count() - 1 if made.count() else None)
        assert not picture(made).isNull()


def test_colours_follow_the_scheme(qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    chart = shown(BalanceChart(), qtbot)
    chart.setPalette(colours.palette("light"))
    light = chart._drawn().toImage()
    chart.setPalette(colours.palette("dark"))
    QApplication.sendEvent(chart, QEvent(QEvent.Type.PaletteChange))
    assert chart._drawn().toImage() != light


def test_larger_letters_make_a_list_taller(qtbot: QtBot) -> None:
    chart = shown(RankedBars("Spending"), qtbot)
    before, large = chart.sizeHint().height(), chart.font()
    large.setPointSizeF(large.pointSizeF() * 2)
    chart.setFont(large)
    assert chart.sizeHint().height() > 1.4 * before


def test_the_table_goes_to_the_clipboard_and_into_a_dialog(qtbot: QtBot) -> None:
    chart = shown(BarsChart("Flow"), qtbot)
    chart.copy_table()
    assert QGuiApplication.clipboard().text() == (
        "Month\tIn NOK\tOut NOK\nMarch 2026\t9.00\t-4.00\nApril 2026\t0.00\t-12.00\n"
    )
    chart.show_table()
    dialog = chart.findChild(NumbersDialog)
    assert dialog is not None
    table = dialog.table
    cells = [[text_of(table.item(row, column)) for column in range(3)] for row in range(2)]
    assert cells == [["March 2026", "9.00", "−4.00"], ["April 2026", "0.00", "−12.00"]]
    dialog.close()


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_a_chart_is_saved_as_it_is_seen_without_its_mark(
    chart: Chart, tmp_path: Path, suffix: str
) -> None:
    one, other = tmp_path / f"one.{suffix}", tmp_path / f"other.{suffix}"
    chart.save(one)
    chart.mark(1)
    chart.save(other)
    assert one.read_bytes() == other.read_bytes()
    if suffix == "svg":
        assert QSvgRenderer(str(one)).viewBox().width() == chart.width() + 32
    else:
        assert QImage(str(one)).width() == 2 * (chart.width() + 32)


def test_a_saved_chart_hides_what_is_hidden(qtbot: QtBot, tmp_path: Path) -> None:
    chart = shown(BalanceChart(), qtbot, masked=True)
    chart.save(tmp_path / "chart.svg")
    written = (tmp_path / "chart.svg").read_text("utf-8")
    assert MASK in written
    assert "2,000" not in written


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_a_place_that_cannot_be_written_is_told(qtbot: QtBot, tmp_path: Path, suffix: str) -> None:
    chart = shown(BalanceChart(), qtbot)
    with qtbot.waitSignal(chart.failed) as failed:
        chart.save(tmp_path / "nowhere" / f"chart.{suffix}")
    assert isinstance(failed.args[0], TargetError)
