"""The two forms of an account that a person keeps by hand: the account, and one of its rows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from bankview.domain.account import Account, AccountType
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.ui.measures import S3, S5, Type, measures
from bankview.ui.widgets.day_field import DayField
from bankview.ui.widgets.field import Field
from bankview.ui.widgets.footer import Footer, Where
from bankview.ui.widgets.more_filters import read_amount
from bankview.ui.widgets.problem import Problem
from bankview.ui.widgets.text import Text
from bankview.words import tr

if TYPE_CHECKING:
    from datetime import date

    from bankview.sync.by_hand import Kept

_WIDTH = 420
_MINUS = "-\N{MINUS SIGN}\N{EN DASH}"


class NotMeantError(ValueError):
    """What stands in a field cannot be meant; the message is a translated sentence."""


class _Form(QDialog):
    """Fields with their names; `save` reads them, and `saved` is emitted where they make sense."""

    def __init__(self, name: str, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.problem = Problem()
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(S5)
        self._form.setVerticalSpacing(S3)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        footer = Footer()
        cancel = footer.add(tr("Cancel"), "cancel", Where.RejectRole)
        save = footer.add(tr("Save"), "save", Where.AcceptRole, default=True)
        inside = QVBoxLayout()
        inside.setContentsMargins(S5, S5, S5, S5)
        inside.setSpacing(S3)
        inside.addWidget(Text(title, Type.TITLE))
        inside.addLayout(self._form)
        inside.addWidget(self.problem)
        footer.under(self, inside)
        self.setMinimumWidth(measures(self).scaled(_WIDTH))
        cancel.clicked.connect(self.reject)
        save.clicked.connect(self._save)

    def _add(self, label: str, field: QWidget) -> None:
        field.setAccessibleName(label)
        field.setMinimumHeight(measures(self).dialog_control)
        name = Text(label, role="second")
        name.setBuddy(field)
        self._form.addRow(name, field)

    def _save(self) -> None:
        try:
            self.read()
        except NotMeantError as error:
            self.problem.say(str(error))
        else:
            self.accept()

    def read(self) -> None:
        """Read the fields and say what they come to.

        Raises:
            NotMeantError: one makes no sense.
        """
        raise NotImplementedError


class AccountForm(_Form):
    """`made` carries the account and what it held when it was opened."""

    made = Signal(object)

    def __init__(
        self, today: date, kept: Kept | None = None, parent: QWidget | None = None
    ) -> None:
        title = tr("Change account") if kept else tr("New account kept by hand")
        super().__init__("account-form", title, parent)
        self._own = kept[0] if kept else None
        own, held = kept or (Account("", "", ""), None)
        self.name = QLineEdit(own.name)
        self.name.setObjectName("account-name")
        self.currency = QLineEdit(own.currency)
        self.currency.setObjectName("account-currency")
        self.currency.setMaxLength(3)
        # Its rows are in this currency by now.
        self.currency.setEnabled(kept is None)
        self.type = QComboBox()
        self.type.setObjectName("account-type")
        for kind, text in _types().items():
            self.type.addItem(text, kind)
        self.type.setCurrentIndex(self.type.findData(own.type if kept else AccountType.CURRENT))
        self.held = Field("account-held", hint="0,00", free=True)
        self.held.setText(str(held) if held else "")
        self.day = DayField(tr("On the morning of"), own.opened or today)
        self.day.setObjectName("account-day")
        self._add(tr("Name"), self.name)
        self._add(tr("Currency"), self.currency)
        self._add(tr("Type"), self.type)
        self._add(tr("Balance"), self.held)
        self._add(tr("On the morning of"), self.day)
        self.name.setFocus()

    def read(self) -> None:
        """Read the account."""
        name, currency = self.name.text().strip(), self.currency.text().strip().upper()
        if not name:
            raise NotMeantError(tr("Give the account a name."))
        if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            raise NotMeantError(tr("A currency is three letters, such as EUR."))
        held = _money(self.held.value or "0", currency)
        own = self._own or Account(f"by-hand:{uuid4().hex}", name, currency)
        kind, day = AccountType(self.type.currentData()), self.day.day
        self.made.emit((replace(own, name=name, type=kind, opened=day), held))


class RowForm(_Form):
    """`written` carries the row."""

    written = Signal(object)

    def __init__(
        self,
        own: Account,
        today: date,
        row: Transaction | None = None,
        parent: QWidget | None = None,
    ) -> None:
        title = tr("Change transaction") if row else tr("New transaction")
        super().__init__("row-form", title, parent)
        self._own, self._row = own, row
        self.day = DayField(tr("Date"), row.booked_on if row else today)
        self.day.setObjectName("row-day")
        self.side = QComboBox()
        self.side.setObjectName("row-side")
        for text, sign in ((tr("Money out"), -1), (tr("Money in"), 1)):
            self.side.addItem(text, sign)
        self.side.setCurrentIndex(int(bool(row and row.amount.minor > 0)))
        self.amount = Field("row-amount", hint="250,00", free=True)
        self.payee = QLineEdit(row.payee if row else "")
        self.payee.setObjectName("row-payee")
        self.text = QLineEdit(row.description if row else "")
        self.text.setObjectName("row-text")
        if row:
            self.amount.setText(str(row.amount).lstrip("-"))
        self._add(tr("Date"), self.day)
        self._add(tr("Direction"), self.side)
        self._add(f"{tr('Amount')} ({own.currency})", self.amount)
        self._add(tr("Payee"), self.payee)
        self._add(tr("Description"), self.text)
        self.amount.setFocus()

    def read(self) -> None:
        """Read the row."""
        amount = _money(self.amount.value, self._own.currency)
        if self.side.currentData() < 0 < amount.minor:
            amount = -amount
        payee, text = self.payee.text().strip(), self.text.text().strip()
        if not (payee or text):
            raise NotMeantError(tr("Write who the payee is, or what it was for."))
        row = self._row or Transaction("", Status.BOOKED, self.day.day, amount, "")
        said = {"booked_on": self.day.day, "amount": amount, "payee": payee}
        self.written.emit(row.but(**said, description=text or payee))


def _types() -> dict[AccountType, str]:
    return {
        AccountType.CURRENT: tr("Current account"),
        AccountType.SAVINGS: tr("Savings"),
        AccountType.CARD: tr("Card"),
        AccountType.LOAN: tr("Loan"),
        AccountType.OTHER: tr("Something else"),
    }


def _money(typed: str, currency: str) -> Money:
    """Return an amount that a person typed.

    Raises:
        NotMeantError: it is none, or has more decimals than its currency.
    """
    size = read_amount(typed)
    try:
        money = Money.of(Decimal("NaN") if size is None else size, currency)
    except ValueError:
        example = str(Money(125000, currency))
        said = tr(
            "{typed} is no amount in {currency}. Write it as {example}.",
            typed=typed or "–",
            currency=currency,
            example=example,
        )
        raise NotMeantError(said) from None
    return -money if typed[0] in _MINUS else money
