"""A short list of payments: a day once, a name, where it is, and the amount."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from bankview.ui.colours import colours
from bankview.ui.measures import S4, Type, figures, font, measures
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

Index = QModelIndex | QPersistentModelIndex
DAY, NAME, WHERE, AMOUNT = range(4)


class Line(NamedTuple):
    """One payment, ready to be read. `role` is the amount's colour; `asks` is the search that finds it."""

    day: str
    name: str
    where: str
    amount: str
    role: str
    asks: str
    quiet: bool = False


class _Lines(QAbstractTableModel):
    lines: Sequence[Line] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else 4

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return line[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            repeated = index.column() == DAY and not self.begins(index.row())
            return "" if repeated else line[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight
                if index.column() == AMOUNT
                else Qt.AlignmentFlag.AlignLeft
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation is Qt.Orientation.Vertical or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (tr("Date"), tr("Payee"), tr("Account"), tr("Amount"))[section]

    def begins(self, row: int) -> bool:
        """Return whether a row is the first of its day."""
        return row == 0 or self.lines[row].day != self.lines[row - 1].day


class _Brush(QStyledItemDelegate):
    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        model = index.model()
        assert isinstance(model, _Lines)
        line, look = model.lines[index.row()], colours(option.palette)
        column = index.column()
        base: QFont = option.widget.font()
        option.font = font(base, Type.SMALL) if column in {DAY, WHERE} else figures(base)
        role = "second" if line.quiet or column in {DAY, WHERE} else "text"
        if column == AMOUNT:
            option.font = figures(base, Type.BODY if line.quiet else Type.STRONG)
            # A minus stays before its digits in all languages.
            option.direction = Qt.LayoutDirection.LeftToRight
            role = line.role
        for ground in (option.palette.ColorRole.Text, option.palette.ColorRole.HighlightedText):
            option.palette.setColor(ground, getattr(look, role))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        # Words begin and end where those of the heading do.
        whole, margin = option.rect, 3
        first, last = index.column() == DAY, index.column() == AMOUNT
        option.rect = whole.adjusted(-margin * first, 0, margin * last, 0)
        super().paint(painter, option, index)
        option.rect = whole
        model = index.model()
        if isinstance(model, _Lines) and index.row() and model.begins(index.row()):
            painter.setPen(QPen(colours(option.palette).hairline, 1))
            painter.drawLine(option.rect.topLeft(), option.rect.topRight())


class RowList(QTableView):
    """As high as its rows; a click, or Return, asks for what is behind one."""

    rows_asked = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._lines = _Lines(self)
        self.setModel(self._lines)
        self.setItemDelegate(_Brush(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().hide()
        self.verticalHeader().hide()
        for column in (DAY, WHERE, AMOUNT):
            self.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._ask)
        self.activated.connect(self._ask)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these payments and no others."""
        self._lines.beginResetModel()
        self._lines.lines = lines
        self._lines.endResetModel()
        self.verticalHeader().setDefaultSectionSize(measures(self).control)
        for column in (DAY, WHERE, AMOUNT):
            self.setColumnWidth(
                column, min(self.sizeHintForColumn(column) + S4, self._most(column))
            )
        self.updateGeometry()

    def _most(self, column: int) -> int:
        return measures(self).scaled(128 if column == WHERE else 400)

    def sizeHint(self) -> QSize:
        return QSize(measures(self).scaled(360), len(self._lines.lines) * measures(self).control)

    def minimumSizeHint(self) -> QSize:
        return QSize(measures(self).scaled(240), self.sizeHint().height())

    def _ask(self, index: QModelIndex) -> None:
        asks = self._lines.lines[index.row()].asks
        if asks:
            self.rows_asked.emit(asks)
