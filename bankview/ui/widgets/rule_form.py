"""The fields of a rule: its conditions, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from bankview.domain.money import Money
from bankview.domain.rule import Rule
from bankview.ui.measures import S1, S2, S3, S5, measures
from bankview.ui.widgets.category_field import CategoryField
from bankview.ui.widgets.more_filters import read_amount
from bankview.ui.widgets.text import Text
from bankview.words import seen, tr, typed_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bankview.domain.account import Account

_Direction = Literal["both", "in", "out"]
_DIRECTIONS: tuple[_Direction, ...] = ("both", "out", "in")
_AMOUNT, _FIELD = 110, 320


@dataclass(frozen=True, slots=True)
class Offers:
    """What the fields offer: accounts, and categories that are in use."""

    accounts: Sequence[Account] = ()
    categories: Sequence[str] = ()

    @property
    def currency(self) -> str:
        """The currency that most accounts have."""
        found = [one.currency for one in self.accounts]
        return max(found, key=found.count) if found else "NOK"

    def currency_of(self, account_id: int | None) -> str:
        """Return the currency in which a rule's amounts are read."""
        mine = (one.currency for one in self.accounts if one.id == account_id)
        return next(mine, self.currency)

    def label(self, account_id: int | None) -> str:
        """Return what an account is called."""
        return next((one.label for one in self.accounts if one.id == account_id), "")


class RuleForm(QWidget):
    """`changed` after each change by the person."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._id, self._offers = 0, Offers()
        self.text = self._line("rule-text", tr("Text contains"))
        self.whole = QCheckBox(tr("The payee is this and nothing else"))
        self.whole.setObjectName("rule-whole")
        self.direction = QComboBox()
        self.direction.setObjectName("rule-direction")
        self.direction.setAccessibleName(tr("In or out"))
        self.direction.addItems([tr("In and out"), tr("Money out"), tr("Money in")])
        self.low = self._line("rule-from", tr("Amount from"), _AMOUNT)
        self.high = self._line("rule-to", tr("Amount to"), _AMOUNT)
        self.account = QComboBox()
        self.account.setObjectName("rule-account")
        self.account.setAccessibleName(tr("Account"))
        self.category = CategoryField("rule-category", tr("Category"))
        self.payee = self._line("rule-payee", tr("Payee is called"))
        self._lay()
        for edit in (self.text, self.low, self.high, self.payee):
            edit.textEdited.connect(lambda _: self.changed.emit())
        self.category.textEdited.connect(lambda _: self.changed.emit())
        self.category.left.connect(self.changed)
        for box in (self.direction, self.account):
            box.activated.connect(lambda _: self.changed.emit())
        self.whole.clicked.connect(lambda _: self.changed.emit())

    def _line(self, name: str, words: str, wide: int = _FIELD) -> QLineEdit:
        made = QLineEdit()
        made.setObjectName(name)
        made.setAccessibleName(words)
        made.setFixedWidth(measures(QApplication.font()).scaled(wide))
        return made

    def _lay(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(S5)
        form.setVerticalSpacing(S3)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        texts = QVBoxLayout()
        texts.setSpacing(S1)
        texts.addWidget(self.text)
        texts.addWidget(self.whole)
        amounts = QHBoxLayout()
        amounts.setSpacing(S2)
        for widget in (self.direction, self.low, Text(tr("to"), role="second"), self.high):
            amounts.addWidget(widget)
        for field in (self.account, self.category):
            field.setFixedWidth(measures(QApplication.font()).scaled(_FIELD))
        for words, buddy, whole in (
            (tr("Text contains"), self.text, texts),
            (tr("Amount"), self.direction, amounts),
            (tr("Account"), self.account, self.account),
            (tr("Category"), self.category, self.category),
            (tr("Payee is called"), self.payee, self.payee),
        ):
            label = Text(words, role="second")
            label.setBuddy(buddy)
            form.addRow(label, whole)

    def offer(self, offers: Offers) -> None:
        """Offer accounts and categories; what is chosen stays."""
        chosen, self._offers = self.account.currentData(), offers
        self.account.clear()
        self.account.addItem(tr("Every account"), None)
        for one in offers.accounts:
            self.account.addItem(seen(one.label), one.id)
        self.account.setCurrentIndex(max(0, self.account.findData(chosen)))
        self.category.offer(offers.categories)

    def show_rule(self, rule: Rule) -> None:
        """Show a rule."""
        self._id = rule.id
        currency = self._offers.currency_of(rule.account_id)
        for edit, text in (
            (self.text, rule.text),
            (self.low, _amount(rule.low, currency)),
            (self.high, _amount(rule.high, currency)),
            (self.payee, rule.payee),
        ):
            edit.setText(text)
            edit.setCursorPosition(0)
        self.whole.setChecked(rule.whole)
        self.direction.setCurrentIndex(_DIRECTIONS.index(rule.direction))
        self.account.setCurrentIndex(max(0, self.account.findData(rule.account_id)))
        self.category.show_category(rule.category)

    @property
    def rule(self) -> Rule:
        """What the fields say; amounts that are none are left out."""
        account = self.account.currentData()
        currency = self._offers.currency_of(account)
        return Rule(
            self.text.text(),
            self.whole.isChecked(),
            _DIRECTIONS[self.direction.currentIndex()],
            _minor(self.low.text(), currency),
            _minor(self.high.text(), currency),
            account,
            self.category.value,
            self.payee.text(),
            self._id,
        )

    @property
    def problem(self) -> str:
        """What keeps the rule from being one; nothing where it is fine."""
        said, currency = self.rule, self._offers.currency_of(self.account.currentData())
        for edit in (self.low, self.high):
            if edit.text().strip() and _minor(edit.text(), currency) is None:
                return tr("“{typed}” is no amount.", typed=edit.text().strip())
        if said.low is not None and said.high is not None and said.low > said.high:
            return tr("The first amount is higher than the second.")
        if not (said.category or said.payee.strip()):
            return tr("Choose a category, or write what the payee is called.")
        try:
            said.tidy()
        except ValueError:
            return tr("Write what to look for: a text, an amount, in or out, or an account.")
        return ""


def _amount(minor: int | None, currency: str) -> str:
    return "" if minor is None else typed_text(Money(minor, currency))


def _minor(text: str, currency: str) -> int | None:
    """Return an amount as the person typed it in minor units; None where there is none, or it is none."""
    found = read_amount(text)
    try:
        return None if found is None else Money.of(found, currency).minor
    except ValueError:
        return None
