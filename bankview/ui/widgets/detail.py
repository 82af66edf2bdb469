"""Everything about one transaction, with what the bank itself wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bankview.domain.transaction import Status
from bankview.store.story import Story
from bankview.ui.colours import colours
from bankview.ui.icons import icon
from bankview.ui.masking import hidden_values
from bankview.ui.measures import S1, S2, S4, Type, figures, font, measures
from bankview.ui.models.transactions import MASK
from bankview.ui.plain import breakable, hint, shorten
from bankview.ui.widgets.kin import Kin
from bankview.ui.widgets.own_words import OwnWords
from bankview.ui.widgets.payee_year import PayeeYear
from bankview.ui.widgets.raw_text import RawText
from bankview.ui.widgets.record import Record
from bankview.ui.widgets.text import Hairline, Link, Picture
from bankview.words import (
    amount_text,
    category_text,
    long_day_text,
    money_text,
    rate_text,
    seen,
    seen_lines,
    tr,
)

if TYPE_CHECKING:
    from bankview.domain.transaction import Transaction
    from bankview.store.payee import Year
    from bankview.store.suggestions import Suggestion

#: Letters of a payee that the title shows; the bank's text below has all of them.
LONGEST = 120


class Detail(QWidget):
    """The pane on the right; `similar(payee)` asks for all rows of a payee."""

    similar = Signal(str)
    closed = Signal()
    #: The person wants what the bank's own details say.
    more_asked = Signal()
    #: The person wrote something of a row: which, what, and its value.
    written = Signal(object, str, object)
    #: A row and another one are the same, or are not.
    same = Signal(object, object)
    not_same = Signal(object, object)
    #: A row's link to what was pending is wrong.
    apart = Signal(object)
    #: The other half of a row's transfer is asked for; or the row and that half are no transfer.
    other_asked = Signal(object)
    no_transfer = Signal(object, object)
    #: A rule is asked for by its id.
    rule_asked = Signal(int)
    #: A row that the person keeps by hand is to be changed or deleted: `change` or `delete`, and which.
    row_asked = Signal(str, object)
    #: What the person says to a suggestion.
    accepted = Signal(object)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("detail")
        self.setAccessibleName(tr("Transaction details"))
        self._row: Transaction | None = None
        self._masked = False
        self._account = ""
        self._can_ask = self._by_hand = False
        self._told: tuple[tuple[str, str], ...] | None = None
        self._story = Story()
        self._offers: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self._suggested: Suggestion | None = None
        self.own: OwnWords | None = None
        self._past: PayeeYear | None = None
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._more = Link("")
        self._more.setObjectName("similar")
        self._more.clicked.connect(self._on_more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._foot())
        self._build()

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew in the palette's colours."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_footer"):
            self.flush()
            self._build()
        super().changeEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours(self.palette()).alternate)
        painter.end()

    def show_row(
        self,
        row: Transaction | None,
        account: str,
        *,
        masked: bool,
        can_ask: bool = False,
        by_hand: bool = False,
        story: Story | None = None,
    ) -> None:
        """Show a transaction; None shows how to choose one.

        `can_ask`: its bank has more to say on demand; `by_hand`: the person wrote the row itself. Where it is the one
        that is shown, what is being typed stays.
        """
        story = story or Story()
        can_ask = can_ask and row is not None
        now = (self._row, self._account, self._masked, self._story, self._can_ask, self._by_hand)
        if (row, account, masked, story, can_ask, by_hand) != now:
            is_new = row is None or self._row is None or row.id != self._row.id
            self.flush()
            self._row, self._account, self._masked, self._story = row, account, masked, story
            if is_new:
                self._told = self._suggested = None
            self._can_ask, self._by_hand = can_ask, by_hand
            self._build()
        elif row and self.own:
            self._row = row
            self.own.show_words(row.words)

    def offer(self, categories: tuple[str, ...], tags: tuple[str, ...]) -> None:
        """Complete categories and tags from these."""
        self._offers = (categories, tags)
        if self.own:
            self.own.offer(categories, tags)

    def ask(self, row: Transaction, suggestion: Suggestion | None) -> None:
        """Ask whether a row's category is that of its payee's other rows too, unless another row is shown by now."""
        if self._row and (row.account_id, row.id) == (self._row.account_id, self._row.id):
            self._suggested = suggestion
            if self.own:
                self.own.ask(suggestion)

    def show_year(self, row: Transaction, year: Year) -> None:
        """Show what a row's payee came to in twelve months, unless another row is shown by now."""
        if row == self._row and self._past:
            self._past.show_year(year)

    def flush(self) -> None:
        """Keep what was typed and not kept yet."""
        if self.own:
            self.own.flush()

    def show_more(self, row: Transaction | None, told: tuple[tuple[str, str], ...]) -> None:
        """Show what the bank said of a row, unless another one is shown by now."""
        if row == self._row:
            self._told = told or ((tr("The bank"), tr("has nothing more to say.")),)
            self.flush()
            self._build()

    def _said_more(self) -> tuple[tuple[str, str], ...]:
        told = self._told or ()
        return hidden_values(told) if self._masked else told

    @property
    def row(self) -> Transaction | None:
        """The transaction that is shown."""
        return self._row

    def _foot(self) -> QWidget:
        self._footer = QWidget()
        column = QVBoxLayout(self._footer)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Hairline("edge"))
        row = QHBoxLayout()
        row.setContentsMargins(S4, S2, S4, S2)
        row.addWidget(self._more)
        row.addStretch()
        column.addLayout(row)
        return self._footer

    def _on_more(self) -> None:
        if self._row:
            self.similar.emit(self._row.payee)

    def _build(self) -> None:
        page = QWidget()
        ground = page.palette()
        ground.setColor(ground.ColorRole.Window, colours(self.palette()).alternate)
        page.setPalette(ground)
        page.setAutoFillBackground(True)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(S4, S4, S4, S4)
        layout.setSpacing(0)
        row, self.own, self._past = self._row, None, None
        if row is None:
            words = tr("Select a transaction to see everything about it.")
            layout.addWidget(self._label(words, Type.BODY, second=True))
        else:
            self._fill(layout, row)
        # What is spare belongs below, on a tall screen too.
        layout.addStretch(1)
        self._scroll.setWidget(page)
        self._footer.setVisible(row is not None and bool(row.payee))
        if row and row.payee:
            words = tr("Show all from {payee}", payee=row.payee)
            room = QFontMetrics(self._more.font())
            self._more.setText(room.elidedText(words, Qt.TextElideMode.ElideRight, 220))
            self._more.setToolTip(hint(words))

    def _fill(self, layout: QVBoxLayout, row: Transaction) -> None:
        top = QHBoxLayout()
        name = shorten(seen(row.ruled.payee or row.payee or row.description), LONGEST)
        top.addWidget(self._label(name, Type.PAYEE), 1)
        close = _tool("close", tr("Close details"))
        close.clicked.connect(self.closed)
        top.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(top)
        layout.addSpacing(S1)
        layout.addLayout(self._amount(row))
        layout.addSpacing(S2)
        layout.addLayout(self._state(row))
        if self._by_hand:
            layout.addSpacing(S2)
            layout.addLayout(self._changes(row))
        if self._story.has_kin:
            layout.addSpacing(S2)
            layout.addWidget(self._kin(row))
        _divide(layout)
        layout.addWidget(self._own(row))
        _divide(layout)
        layout.addLayout(self._form(row))
        if self._can_ask and self._told is None:
            layout.addSpacing(S2)
            ask = Link(tr("More from the bank"))
            ask.setObjectName("more-from-bank")
            ask.clicked.connect(self.more_asked)
            layout.addWidget(ask, 0, Qt.AlignmentFlag.AlignLeft)
        _divide(layout)
        layout.addLayout(self._text(row))
        if row.raw and not self._masked:
            layout.addWidget(Record(row.raw))
        self._past = PayeeYear(row, masked=self._masked)
        layout.addWidget(self._past)

    def _amount(self, row: Transaction) -> QHBoxLayout:
        text = MASK if self._masked else amount_text(row.amount, sign=True)
        amount = self._label(text, Type.HERO_COMPACT)
        amount.setWordWrap(False)
        amount.setFont(figures(self.font(), Type.HERO_COMPACT))
        if row.amount.minor > 0 and not self._masked:
            ink = amount.palette()
            ink.setColor(ink.ColorRole.WindowText, colours(self.palette()).credit)
            amount.setPalette(ink)
        line = QHBoxLayout()
        line.setSpacing(S2)
        line.addWidget(amount, 0, Qt.AlignmentFlag.AlignBaseline)
        code = self._label(row.amount.currency, Type.SMALL, second=True)
        line.addWidget(code, 1, Qt.AlignmentFlag.AlignBaseline)
        return line

    def _state(self, row: Transaction) -> QHBoxLayout:
        pending = row.status is Status.PENDING
        words = (
            tr("Pending, may still change")
            if pending
            else tr("Booked {day}", day=long_day_text(row.booked_on))
        )
        line = QHBoxLayout()
        line.setSpacing(S2)
        line.addWidget(Picture("clock" if pending else "check"), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._label(words, Type.SMALL, second=True), 1)
        return line

    def _changes(self, row: Transaction) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(S4)
        for what, text in (("change", tr("Change…")), ("delete", tr("Delete"))):
            link = Link(text)
            link.setObjectName(f"{what}-row")
            link.clicked.connect(lambda _=False, what=what: self.row_asked.emit(what, row))
            line.addWidget(link)
        line.addStretch()
        return line

    def _kin(self, row: Transaction) -> Kin:
        kin = Kin(row, self._story, masked=self._masked)
        kin.same.connect(lambda other: self.same.emit(row, other))
        kin.not_same.connect(lambda other: self.not_same.emit(row, other))
        kin.apart.connect(lambda: self.apart.emit(row))
        kin.other.connect(self.other_asked)
        kin.no_transfer.connect(lambda: self.no_transfer.emit(row, self._story.across))
        return kin

    def _own(self, row: Transaction) -> OwnWords:
        self.own = OwnWords(row, self._story.rule)
        self.own.offer(*self._offers)
        self.own.ask(self._suggested)
        for mine, signal in (
            (self.own.rule_asked, self.rule_asked),
            (self.own.accepted, self.accepted),
            (self.own.refused, self.refused),
        ):
            mine.connect(signal)
        self.own.changed.connect(lambda name, value: self.written.emit(row, name, value))
        return self.own

    def _form(self, row: Transaction) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(S4)
        form.setVerticalSpacing(S1)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for name, value in [*self._facts(row), *self._said_more()]:
            spoken = self._label(name, Type.SMALL, second=True)
            spoken.setMinimumHeight(measures(self).preset)
            form.addRow(spoken, self._value(name, value))
        return form

    def _value(self, name: str, value: str) -> QHBoxLayout:
        """A fact with a button that copies it, unless it is hidden."""
        line = QHBoxLayout()
        line.setSpacing(S1)
        line.addWidget(self._label(value, Type.BODY), 1)
        if value != MASK:
            copy = _tool("copy", tr("Copy {what}", what=name))
            copy.setFixedSize(measures(self).preset, measures(self).preset)
            copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(value))
            line.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)
        return line

    def _facts(self, row: Transaction) -> list[tuple[str, str]]:
        facts = [
            (tr("Account"), self._account),
            (tr("Bank's payee"), row.payee if row.ruled.payee else ""),
            (tr("Bank's category"), row.category if self._is_refiled(row) else ""),
            (tr("Bought"), long_day_text(row.transacted_on) if row.transacted_on else ""),
            (tr("Value date"), long_day_text(row.value_on) if row.value_on else ""),
            (tr("Other account"), row.counterparty_account),
            (tr("Reference"), row.reference),
            (
                tr("Original amount"),
                "" if not row.original else MASK if self._masked else money_text(row.original),
            ),
            (tr("Exchange rate"), rate_text(row.rate) if row.original and row.rate else ""),
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

    def _is_refiled(self, row: Transaction) -> bool:
        """Return whether something else stands in place of what the bank calls the category."""
        by_rule = self._story.rule and self._story.rule.category
        return bool(row.words.category or by_rule or category_text(row.kind) != row.category)

    def _text(self, row: Transaction) -> QVBoxLayout:
        """The bank's words as it sent them, with a button that copies them."""
        text = RawText(row.raw_text or row.description)
        top = QHBoxLayout()
        said = tr("Description") if self._by_hand else tr("Text from the bank")
        top.addWidget(self._label(said, Type.SMALL, second=True), 1)
        copy = _tool("copy", tr("Copy"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text.toPlainText()))
        top.addWidget(copy)
        column = QVBoxLayout()
        column.setSpacing(S2)
        column.addLayout(top)
        column.addWidget(text)
        return column

    def _label(self, text: str, kind: Type, *, second: bool = False) -> QLabel:
        label = QLabel(breakable(seen_lines(text)))
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setFont(font(self.font(), kind))
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if second:
            label.setForegroundRole(label.palette().ColorRole.PlaceholderText)
        return label


def _tool(picture: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setIcon(icon(picture, button.palette()))
    button.setAccessibleName(words)
    button.setToolTip(words)
    return button


def _divide(layout: QVBoxLayout) -> None:
    layout.addSpacing(S4)
    layout.addWidget(Hairline())
    layout.addSpacing(S4)
