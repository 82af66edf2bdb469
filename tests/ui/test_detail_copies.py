"""The details: every fact is copied, and the bank's own record is shown when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QToolButton

from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.ui.widgets.detail import Detail

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.window
DAY = date(2026, 11, 20)
ROW = Transaction(
    "key",
    Status.BOOKED,
    DAY,
    Money(-1000, "NOK"),
    "Card",
    payee="Rema",
    value_on=DAY,
    reference="KID 1",
    counterparty_account="1234",
    balance_after=Money(5000, "NOK"),
    bank_id="b-1",
    raw=b'{"amount":-10.00,"text":"Card"}',
)


@dataclass
class Pane:
    """The details of the row."""

    detail: Detail

    def copies(self) -> list[QToolButton]:
        buttons = self.detail.findChildren(QToolButton)
        return [one for one in buttons if one.accessibleName().startswith("Copy ")]


@pytest.fixture
def pane(qtbot: QtBot) -> Pane:
    made = Detail()
    qtbot.addWidget(made)
    made.show_row(ROW, "Current", masked=False)
    made.show()
    return Pane(made)


def test_each_fact_is_copied_by_its_button(pane: Pane) -> None:
    found = {}
    for button in pane.copies():
        button.click()
        found[button.accessibleName()] = QGuiApplication.clipboard().text()
    assert found["Copy Account"] == "Current"
    assert found["Copy Reference"] == "KID 1"
    assert found["Copy Other account"] == "1234"
    assert found["Copy Bank's id"] == "b-1"
    assert len(found) == 6


def test_the_banks_own_record_is_shown_and_copied_with_its_exact_numbers(pane: Pane) -> None:
    link = pane.detail.findChild(QPushButton, "show-record")
    assert isinstance(link, QPushButton)
    link.click()
    text = pane.detail.findChild(QPlainTextEdit, "record-text")
    assert isinstance(text, QPlainTextEdit)
    assert text.toPlainText() == '{\n  "amount": -10.00,\n  "text": "Card"\n}'
    copy = pane.detail.findChild(QPushButton, "copy-record")
    assert isinstance(copy, QPushButton)
    copy.click()
    assert QGuiApplication.clipboard().text() == text.toPlainText()


def test_hidden_amounts_are_not_copied_and_the_record_stays_away(pane: Pane, qtbot: QtBot) -> None:
    other = Detail()
    qtbot.addWidget(other)
    other.show_row(ROW, "Current", masked=True)
    names = [one.accessibleName() for one in Pane(other).copies()]
    assert "Copy Balance after" not in names
    assert "Copy Reference" in names
    assert other.findChild(QPushButton, "show-record") is None
