"""The small dialog that asks a bank whether an amount is covered (PSD2 Art. 65); nothing is set aside."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from bankview.domain.money import Money
from bankview.ui.measures import S2, S3, S5, Type, measures
from bankview.ui.widgets.field import Field
from bankview.ui.widgets.footer import Footer, Where
from bankview.ui.widgets.more_filters import read_amount
from bankview.ui.widgets.problem import Problem
from bankview.ui.widgets.text import Text
from bankview.words import money_text, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.domain.account import Account
    from bankview.ui.sign_in import Runs


class Funds(QDialog):
    """`ask(money)` runs in the worker and says whether it is covered."""

    def __init__(
        self,
        account: Account,
        ask: Callable[[Money], bool],
        worker: Runs,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("funds-dialog")
        self.setWindowTitle(tr("Is an amount covered?"))
        self._account, self._asks, self._worker = account, ask, worker
        self.amount = Field("funds-amount", hint="250,00", free=True)
        self.amount.setAccessibleName(tr("Amount"))
        self.amount.textChanged.connect(self._check)
        self.answer = Text("", Type.STRONG, wrap=True)
        self.answer.setObjectName("funds-answer")
        self.problem = Problem()
        self.problem.hide()
        about = tr(
            "{account}: the bank answers yes or no, and sets nothing aside.", account=account.label
        )
        row = QHBoxLayout()
        row.setSpacing(S2)
        row.addWidget(self.amount, 1)
        row.addWidget(Text(account.currency, role="second"))
        inner = QVBoxLayout()
        inner.setContentsMargins(S5, S5, S5, S3)
        inner.setSpacing(S3)
        inner.addWidget(Text(about, wrap=True))
        inner.addLayout(row)
        inner.addWidget(self.answer)
        inner.addWidget(self.problem)
        inner.addStretch(1)
        self._footer = Footer()
        close = self._footer.add(tr("Close"), "funds-close", Where.RejectRole)
        self.send = self._footer.add(tr("Ask"), "funds-ask", Where.AcceptRole, default=True)
        close.clicked.connect(self.reject)
        self.send.clicked.connect(self._ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(inner, 1)
        column.addWidget(self._footer)
        self.setMinimumWidth(measures(self).scaled(400))
        self._check()

    @property
    def money(self) -> Money | None:
        """The amount that was typed; None where it is none, or nothing."""
        found = read_amount(self.amount.value)
        try:
            money = None if found is None else Money.of(found, self._account.currency)
        except ValueError:
            return None
        return money if money and money.minor > 0 else None

    def _check(self) -> None:
        self.answer.setText("")
        self.send.setEnabled(self.money is not None)

    def _ask(self) -> None:
        money = self.money
        if money is None:
            return
        self.send.setEnabled(False)
        self.problem.hide()
        self.answer.setText(tr("Asking the bank…"))

        def done(covered: bool) -> None:
            self.send.setEnabled(True)
            words = (
                tr("Yes, {amount} is covered.") if covered else tr("No, {amount} is not covered.")
            )
            self.answer.setText(words.format(amount=money_text(money)))

        self._worker.run(partial(self._asks, money), done, self._on_failed)  # type: ignore[arg-type]

    def _on_failed(self, error: Exception) -> None:
        self.send.setEnabled(True)
        self.answer.setText("")
        self.problem.show_error(error)
        self.problem.show()
