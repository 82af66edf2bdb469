"""What a payee came to in twelve months, in the details of its rows."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QLabel, QToolTip, QWidget

from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.errors import Interrupted
from bankview.store import payee
from bankview.store.payee import Year
from bankview.ui.colours import colours
from bankview.ui.models.transactions import MASK
from bankview.ui.widgets.payee_year import PayeeYear

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.ui.windows.viewer import Viewer

pytestmark = pytest.mark.window
PATIENCE = 20_000
MONTHS = [date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 12))]
#: Nothing in December, and a month whose refunds were more than its payments.
SUMS = (0, -100, -200, -300, 150, *(-100 * n for n in range(5, 12)))
YEAR = Year(23, tuple(zip(MONTHS, SUMS, strict=True)))
ROW = Transaction("key", Status.BOOKED, date(2026, 3, 9), Money(-300, "NOK"), "Rema", payee="Rema")


def said(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.text()]


def bars(widget: QWidget) -> QWidget:
    return next(one for one in widget.findChildren(QWidget) if one.accessibleDescription())


@pytest.fixture
def shown(qtbot: QtBot) -> PayeeYear:
    made = PayeeYear(ROW, masked=False)
    qtbot.addWidget(made)
    made.resize(240, 120)
    made.show_year(YEAR)
    return made


def test_the_sum_the_number_and_each_month_are_said(shown: PayeeYear) -> None:
    assert said(shown) == ["Rema, last 12 months", "−60.50", "23 payments"]
    spoken = bars(shown).accessibleDescription().replace("\xa0", " ")
    assert "December 2025: 0.00 NOK, January 2026: −1.00 NOK" in spoken
    assert "April 2026: +1.50 NOK" in spoken
    assert spoken.endswith("November 2026: −11.00 NOK")


@pytest.mark.parametrize("turned", [False, True])
def test_bars_are_as_high_as_their_sums_and_the_row_s_month_is_marked(
    shown: PayeeYear, turned: bool
) -> None:
    widget = bars(shown)
    widget.setLayoutDirection(
        Qt.LayoutDirection.RightToLeft if turned else Qt.LayoutDirection.LeftToRight
    )
    image, look = widget.grab().toImage(), colours(widget.palette())
    quiet, mine = [heights(image, colour, turned) for colour in (look.control, look.accent)]
    assert [bool(one) for one in mine] == [month.month == 3 for month in MONTHS]
    high = [one + other for one, other in zip(quiet, mine, strict=True)]
    assert high[0] == high[4] == 0
    assert [round(one / high[-1] * 11) for one in high[1:4]] == [1, 2, 3]
    assert high[5:] == sorted(high[5:])


def heights(image: QImage, colour: QColor, turned: bool) -> list[int]:
    """Return how many pixels of a colour lie in the middle of each month's place, oldest first."""
    room = image.width() / 12
    middles = [round((n + 0.5) * room) for n in range(12)]
    found = [
        sum(image.pixelColor(x, y).rgb() == colour.rgb() for y in range(image.height()))
        for x in middles
    ]
    return found[::-1] if turned else found


@pytest.mark.parametrize(("x", "month"), [(5, "December 2025: 0.00"), (235, "November 2026: −11")])
def test_the_pointer_is_told_a_month(shown: PayeeYear, x: int, month: str) -> None:
    widget = bars(shown)
    place = QPoint(x, 10)
    QApplication.sendEvent(
        widget, QHelpEvent(QHelpEvent.Type.ToolTip, place, widget.mapToGlobal(place))
    )
    assert QToolTip.text().startswith(month)
    QToolTip.hideText()


def test_of_hidden_amounts_only_their_number_is_said(qtbot: QtBot) -> None:
    made = PayeeYear(ROW, masked=True)
    qtbot.addWidget(made)
    made.show_year(YEAR)
    assert said(made) == ["Rema, last 12 months", MASK, "23 payments"]
    assert not made._bars.isVisibleTo(made)
    assert not any(one.accessibleDescription() for one in made.findChildren(QWidget))


def test_a_single_payment_is_no_story(qtbot: QtBot) -> None:
    made = PayeeYear(ROW, masked=False)
    qtbot.addWidget(made)
    made.show()
    made.show_year(replace(YEAR, count=1))
    assert not made.isVisible()


def test_the_details_have_it_of_the_row_that_is_chosen(viewer: Viewer) -> None:
    for number, name, count in ((0, "Rema", "20 payments"), (2, "Kiwi", "10 payments")):
        rows = [viewer.transactions.model.row(n) for n in range(30)]
        viewer.table.selectRow(
            next(n for n, row in enumerate(rows) if row and row.payee == name and n >= number)
        )
        assert of_details(viewer)[0::2] == [f"{name}, last 12 months", count]


def test_what_takes_too_long_comes_from_a_worker(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    real = payee.year

    def slow_here(*arguments: Any) -> Year:
        if threading.current_thread() is threading.main_thread():
            raise Interrupted
        return real(*arguments)

    monkeypatch.setattr(payee, "year", slow_here)
    viewer.table.selectRow(0)
    assert of_details(viewer) == []
    qtbot.waitUntil(lambda: bool(of_details(viewer)), timeout=PATIENCE)


def of_details(viewer: Viewer) -> list[str]:
    (found,) = (one for one in viewer.detail.findChildren(PayeeYear) if viewer.detail._past is one)
    return said(found) if found.isVisibleTo(viewer.detail) else []
