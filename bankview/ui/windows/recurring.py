"""The page of recurring payments: what comes again and again, how much, and when next."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bankview.domain.money import Money
from bankview.store.recurring import recurring
from bankview.ui.colours import colours
from bankview.ui.measures import S1, S3, S4, S5, Type, figures, font, measures
from bankview.ui.models.recurring import Column, RecurringModel
from bankview.ui.models.transactions import MASK
from bankview.ui.widgets.cells import Cells
from bankview.ui.widgets.flat_table import flatten
from bankview.ui.widgets.text import Link, Text
from bankview.words import amount_text, money_text, tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from bankview.store.recurring import Recurring as Found
    from bankview.sync.home import Home
    from bankview.ui.facts import Facts
    from bankview.ui.worker import Worker

#: Pixels of a column at least: the widest of their names fits.
SECTION = 96
#: What gives way where payees would have less room than this, in this order.
_LEAST_PAYEE = 160
_GIVES_WAY = (Column.RANGE, Column.LAST, Column.INTERVAL)


class Recurring(QWidget):
    """What has ended is folded; Return or a click shows the transactions behind a row."""

    rows_asked = Signal(str)
    failed = Signal(object)

    def __init__(self, worker: Worker, home: Home) -> None:
        super().__init__()
        self.setObjectName("recurring-page")
        self._worker, self._home = worker, home
        self._found: tuple[Found, ...] = ()
        self._masked = self._again = self._unfolded = False
        self.model = RecurringModel()
        self.table = _Table(self.model)
        self.table.chosen.connect(self._on_chosen)
        self.sums = Text("", role="second", wrap=True)
        self.sums.setObjectName("recurring-sums")
        self.fold = Link("")
        self.fold.setObjectName("recurring-fold")
        self.fold.clicked.connect(self._turn)
        self.nothing = Text("", role="second", wrap=True)
        self.nothing.setObjectName("recurring-nothing")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._body = QStackedWidget()
        framed = QVBoxLayout()
        framed.setContentsMargins(S5 - S4, 0, S5 - S4, 0)
        framed.addWidget(self.table)
        page = QWidget()
        page.setLayout(framed)
        self._body.addWidget(page)
        self._body.addWidget(self.nothing)
        head = QVBoxLayout()
        head.setContentsMargins(S5, S4, S5, S3)
        head.setSpacing(S1)
        head.addWidget(Text(tr("Recurring"), Type.TITLE))
        head.addWidget(self.sums)
        self._foot = QWidget()
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(S3, S1, S5, S3)
        foot.addWidget(self.fold)
        self._foot.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._body, 1)
        column.addWidget(self._foot)

    def refresh(self, facts: Facts, masked: bool) -> None:  # noqa: ARG002 - as every page has it
        """Read the ledger anew; what is on screen stays until then."""
        if masked != self._masked:
            self._masked = masked
            self._show_found()
        read = partial(_read, self._home)
        self._again = not self._worker.run(read, self._show, self._fail, key="recurring")

    def _show(self, found: tuple[Found, ...]) -> None:
        self._found = found
        if not found:
            self.nothing.setText(
                tr("Nothing that comes again and again was found in the last 18 months.")
            )
        self._show_found()
        if self._again:
            self._again = False
            self._worker.run(partial(_read, self._home), self._show, self._fail, key="recurring")

    def _fail(self, error: Exception) -> None:
        self.failed.emit(error)

    def _show_found(self) -> None:
        live = [one for one in self._found if not one.rhythm.ended]
        ended = len(self._found) - len(live)
        today = self._home.now().astimezone().date()
        shown = self._found if self._unfolded else live
        self.model.show(shown, today, masked=self._masked)
        self._body.setCurrentIndex(0 if self._found else 1)
        self.sums.setText(monthly_text(live, masked=self._masked))
        self._foot.setVisible(bool(ended))
        words = (
            tr("Hide what has ended")
            if self._unfolded
            else tr_n("Show {n} that ended", "Show {n} that ended", ended)
        )
        self.fold.setText(words)

    def _turn(self) -> None:
        self._unfolded = not self._unfolded
        self._show_found()

    def _on_chosen(self, row: int) -> None:
        one = self.model.at(row)
        payee = one.sought.replace('"', " ").strip()
        way = "out" if one.rhythm.typical < 0 else "in"
        self.rows_asked.emit(f'payee:"{payee}" currency:{one.currency} is:{way}')


def monthly_text(found: Sequence[Found], *, masked: bool) -> str:
    """Return what a month comes to, the currency of most payments first: 'About +30 000,00 and −1 200,00 NOK'."""
    many = Counter(one.currency for one in found)
    said = [
        _monthly([one for one in found if one.currency == each]) for each, _ in many.most_common()
    ]
    if masked:
        said = [f"{MASK} {each}" for each, _ in many.most_common()]
    return tr("A month comes to about {sums}", sums="  ·  ".join(said)) if said else ""


def _monthly(found: Sequence[Found]) -> str:
    """Return what payments of one currency come to: what comes in, and what goes out."""
    sums: dict[bool, int] = defaultdict(int)
    for one in found:
        sums[one.rhythm.typical > 0] += one.rhythm.monthly
    currency = found[0].currency
    *before, last = (Money(sums[way], currency) for way in (True, False) if way in sums)
    said = money_text(last, sign=True)
    if not before:
        return said
    return tr("{income} and {spending}", income=amount_text(before[0], sign=True), spending=said)


class _Table(QTableView):
    """`chosen` carries the row that Return was pressed on, or a click."""

    chosen = Signal(int)

    def __init__(self, model: RecurringModel) -> None:
        super().__init__()
        self.setObjectName("recurring")
        self.setAccessibleName(tr("Recurring payments"))
        self.setModel(model)
        header = flatten(self)
        self.setItemDelegate(_Cells(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.verticalHeader().setDefaultSectionSize(measures(QApplication.font()).row)
        header.setMinimumSectionSize(measures(QApplication.font()).scaled(SECTION))
        header.setFixedHeight(measures(QApplication.font()).control)
        header.setFont(font(QApplication.font(), Type.TINY))
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(Column.PAYEE, QHeaderView.ResizeMode.Stretch)
        self.clicked.connect(lambda index: self.chosen.emit(index.row()))
        model.modelReset.connect(self._make_room)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show what is behind a row by Return."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what there is no room for."""
        self._make_room()
        super().resizeEvent(event)

    def _make_room(self) -> None:
        header = self.horizontalHeader()
        room = self.viewport().width() - measures(self).scaled(_LEAST_PAYEE)
        widths: dict[Column, int] = {
            column: max(
                self.sizeHintForColumn(column), header.sectionSizeFromContents(column).width()
            )
            for column in Column
            if column is not Column.PAYEE
        }
        taken = sum(max(width, header.minimumSectionSize()) for width in widths.values())
        for column in _GIVES_WAY:
            self.setColumnHidden(column, taken > room)
            taken -= max(widths[column], header.minimumSectionSize()) if taken > room else 0

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew in the palette's colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self.viewport().update()
        super().changeEvent(event)


class _Cells(Cells):
    """Amounts are the heaviest text; what has ended, and what is beside, is second text."""

    def initStyleOption(self, option: Any, index: Any) -> None:
        """Choose font and colour."""
        super().initStyleOption(option, index)
        column, model = Column(index.column()), index.model()
        said, found = model.at(index.row()).rhythm, colours(option.palette)
        amount = column is Column.AMOUNT
        option.font = figures(QApplication.font(), Type.STRONG if amount else Type.BODY)
        ink = found.text if column in {Column.PAYEE, Column.AMOUNT, Column.NEXT} else found.second
        if amount and said.typical > 0 and not model.masked:
            ink = found.credit
        palette = option.palette
        palette.setColor(palette.ColorRole.Text, found.second if said.ended else ink)
        option.palette = palette


def _read(home: Home) -> tuple[Found, ...]:
    with closing(home.database()) as db:
        return recurring(db, home.now().astimezone().date())
