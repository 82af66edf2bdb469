"""Everything about one transaction, with what the bank itself wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bankview.domain.transaction import Status
from bankview.ui.colours import colours
from bankview.ui.icons import icon
from bankview.ui.measures import S2, S3, S4, Type, figures, font
from bankview.ui.models.transactions import MASK
from bankview.ui.widgets.text import Link
from bankview.words import amount_text, long_day_text, money_text, tr

if TYPE_CHECKING:
    from bankview.domain.transaction import Transaction


class Detail(QScrollArea):
    """The pane on the right; `similar(payee)` asks for all rows of a payee."""

    similar = Signal(str)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("detail")
        self.setAccessibleName(tr("Transaction details"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._row: Transaction | None = None
        self._masked = False
        self._account = ""
        self._build()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._build()
        super().changeEvent(event)

    def show_row(self, row: Transaction | None, account: str, *, masked: bool) -> None:
        """Show a transaction; None shows how to choose one."""
        self._row, self._account, self._masked = row, account, masked
        self._build()

    def _build(self) -> None:
        page = QWidget()
        ground = page.palette()
        ground.setColor(ground.ColorRole.Window, colours(self.palette()).alternate)
        page.setPalette(ground)
        page.setAutoFillBackground(True)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(S4, S4, S4, S4)
        layout.setSpacing(S3)
        if self._row is None:
            layout.addWidget(
                self._label(
                    tr("Select a transaction to see everything about it."), Type.BODY, second=True
                )
            )
            layout.addStretch()
        else:
            self._fill(layout, self._row)
        self.setWidget(page)

    def _fill(self, layout: QVBoxLayout, row: Transaction) -> None:
        top = QHBoxLayout()
        top.addWidget(self._label(row.payee or row.description, Type.PAYEE), 1)
        close = QToolButton()
        close.setAutoRaise(True)
        close.setIcon(icon("close", self.palette()))
        close.setAccessibleName(tr("Close details"))
        close.clicked.connect(self.closed)
        top.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(top)
        amount = self._label(
            MASK if self._masked else money_text(row.amount, sign=True), Type.HERO_COMPACT
        )
        amount.setFont(figures(self.font(), Type.HERO_COMPACT))
        layout.addWidget(amount)
        state = (
            tr("Pending, may still change")
            if row.status is Status.PENDING
            else tr("Booked {day}", day=long_day_text(row.booked_on))
        )
        layout.addWidget(self._label(state, Type.SMALL, second=True))
        form = QFormLayout()
        form.setHorizontalSpacing(S4)
        form.setVerticalSpacing(S2)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        for name, value in self._facts(row):
            form.addRow(self._label(name, Type.BODY, second=True), self._label(value, Type.BODY))
        layout.addLayout(form)
        layout.addWidget(self._label(tr("Text from the bank"), Type.SMALL, second=True))
        layout.addWidget(self._text(row))
        layout.addStretch()
        if row.payee:
            more = Link(tr("Show all from {payee}", payee=row.payee))
            more.setObjectName("similar")
            more.clicked.connect(lambda: self.similar.emit(row.payee))
            layout.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)

    def _facts(self, row: Transaction) -> list[tuple[str, str]]:
        facts = [
            (tr("Account"), self._account),
            (tr("Category"), row.category),
            (tr("Bought"), long_day_text(row.transacted_on) if row.transacted_on else ""),
            (tr("Value date"), long_day_text(row.value_on) if row.value_on else ""),
            (tr("Other account"), row.counterparty_account),
            (tr("Reference"), row.reference),
            (
                tr("Original amount"),
                "" if not row.original else MASK if self._masked else money_text(row.original),
            ),
            (
                tr("Balance after"),
                ""
                if not row.balance_after
                else MASK
                if self._masked
                else amount_text(row.balance_after),
            ),
            (tr("Bank's id"), row.bank_id),
        ]
        return [(name, value) for name, value in facts if value]

    def _text(self, row: Transaction) -> QWidget:
        """The bank's words, with a button that copies them."""
        text = QPlainTextEdit(row.raw_text or row.description)
        text.setReadOnly(True)
        text.setFont(font(self.font(), Type.MONO))
        text.setAccessibleName(tr("Text from the bank"))
        text.setFixedHeight(5 * text.fontMetrics().height())
        copy = QToolButton()
        copy.setAutoRaise(True)
        copy.setIcon(icon("copy", self.palette()))
        copy.setAccessibleName(tr("Copy"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text.toPlainText()))
        both = QWidget()
        line = QHBoxLayout(both)
        line.setContentsMargins(0, 0, 0, 0)
        both.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        line.addWidget(text, 1)
        line.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)
        return both

    def _label(self, text: str, kind: Type, *, second: bool = False) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setFont(font(self.font(), kind))
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if second:
            label.setForegroundRole(label.palette().ColorRole.PlaceholderText)
        return label
