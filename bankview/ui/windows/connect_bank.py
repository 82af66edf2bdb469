"""The connect dialog's first page: which bank."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from bankview.ui.colours import colours
from bankview.ui.icons import icon, paint_monogram
from bankview.ui.measures import RADIUS_MARK, S2, S3, S5, Type, font, measures
from bankview.ui.models.bank_list import ENTRY, MATCH, BankList, Entry, country_name
from bankview.ui.painting import ring
from bankview.ui.widgets.box import Box
from bankview.ui.widgets.choosing import follow_selection
from bankview.ui.widgets.problem import Problem
from bankview.ui.widgets.search_field import as_search
from bankview.ui.widgets.text import Text
from bankview.ui.widgets.tile import Tile
from bankview.words import tr, tr_n

if TYPE_CHECKING:
    from bankview.banks import Bank

_MONOGRAM = 32
_KEYS = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class BankPage(QWidget):
    """A search over the banks; `chosen` comes with a double click or Return on a line."""

    changed = Signal()
    chosen = Signal()
    file_chosen = Signal(Path)
    demo_asked = Signal()
    by_hand_asked = Signal()

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        super().__init__()
        self.setAccessibleName(tr("Choose your bank"))
        self.model = BankList(entries)
        self.problem = Problem()
        self.search = self._make_search()
        self.countries = self._make_countries(entries)
        self.list = self._make_list()
        self._count = Text("", Type.SMALL, "second")
        self._arrange()
        self._narrow()

    @property
    def bank(self) -> Bank | None:
        """The bank that is selected."""
        entry = self.list.currentIndex().data(ENTRY)
        return entry.bank if isinstance(entry, Entry) else None

    def add(self, entry: Entry) -> None:
        """Put a bank on the list, in place of the one of its id, and select it."""
        assert entry.bank is not None
        others = (
            one for one in self.model.entries if one.bank is None or one.bank.id != entry.bank.id
        )
        self.search.clear()
        self.model.set_entries((*others, entry))
        self.list.setCurrentIndex(self.model.index(self.model.shown.index(entry)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move through the list while the search has the focus."""
        if _is_arrow(event):
            assert isinstance(event, QKeyEvent)
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _make_search(self) -> QLineEdit:
        search = QLineEdit()
        search.setObjectName("bank-search")
        as_search(search, tr("Search banks"))
        lens = search.addAction(
            icon("search", self.palette()), QLineEdit.ActionPosition.LeadingPosition
        )
        lens.setText(tr("Search"))
        search.textChanged.connect(self._narrow)
        search.installEventFilter(self)
        return search

    def _make_countries(self, entries: tuple[Entry, ...]) -> QComboBox:
        box = QComboBox()
        box.setObjectName("country")
        box.setAccessibleName(tr("Country"))
        box.addItem(tr("All countries"), "")
        for code in sorted({one.country for one in entries if one.country}, key=country_name):
            box.addItem(country_name(code), code)
        box.setMinimumHeight(measures(self).dialog_control)
        box.currentIndexChanged.connect(self._narrow)
        return box

    def _make_list(self) -> QListView:
        view = QListView()
        view.setObjectName("banks")
        view.setAccessibleName(tr("Banks"))
        view.setModel(self.model)
        view.setItemDelegate(BankDelegate(view))
        view.setFrameShape(QListView.Shape.NoFrame)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setUniformItemSizes(True)
        view.activated.connect(lambda _: self.chosen.emit())
        view.selectionModel().currentChanged.connect(lambda *_: self.changed.emit())
        follow_selection(view)
        return view

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(S5, S2, S5, S5)
        column.setSpacing(S3)
        row = QHBoxLayout()
        row.setSpacing(S2)
        row.addWidget(self.search, 1)
        row.addWidget(self.countries)
        column.addLayout(row)
        self._count.setContentsMargins(S3, S3, S3, S3)
        column.addWidget(Box(self.list, self._count), 1)
        column.addWidget(self.problem)
        column.addLayout(self._tiles())

    def _tiles(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(S3)
        file = Tile("file", tr("From a file…"), tr("A bank profile"))
        file.setObjectName("from-file")
        file.clicked.connect(self._choose_file)
        demo = Tile("flask", tr("Demo bank"), tr("Invented accounts"))
        demo.setObjectName("demo-bank")
        demo.clicked.connect(self.demo_asked)
        by_hand = Tile("note", tr("By hand"), tr("Without a bank"))
        by_hand.setObjectName("by-hand")
        by_hand.clicked.connect(self.by_hand_asked)
        row.addWidget(file)
        row.addWidget(by_hand)
        row.addWidget(demo)
        return row

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, tr("Bank profile"), "", tr("Bank profiles (*.toml)"))
        dialog.setObjectName("profile-file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.file_chosen.emit(Path(name)))
        dialog.open()

    def _narrow(self) -> None:
        before = self.bank
        self.model.narrow(self.search.text(), self.countries.currentData() or "")
        banks = [one.bank for one in self.model.shown]
        self._count.setText(
            tr_n(
                "{shown} of {n} bank",
                "{shown} of {n} banks",
                self.model.count,
                shown=sum(1 for bank in banks if bank),
            )
        )
        usable = [row for row, bank in enumerate(banks) if bank]
        same = [row for row in usable if before and banks[row] is before]
        if usable:
            self.list.selectionModel().setCurrentIndex(
                self.model.index((same or usable)[0]),
                QItemSelectionModel.SelectionFlag.ClearAndSelect,
            )
        self.changed.emit()


class BankDelegate(QStyledItemDelegate):
    """Draws a bank: monogram, name with the match marked, country, and what it needs."""

    def sizeHint(self, option: Any, index: Any) -> QSize:  # noqa: ARG002 - all are alike
        """Return a row's height."""
        return QSize(200, measures(option.font).tile)

    def paint(self, painter: QPainter, option: Any, index: Any) -> None:
        """Draw one line."""
        entry, found = index.data(ENTRY), colours(option.palette)
        place = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(place, found.selected_row)
        usable = entry.bank is not None
        side = measures(option.font).scaled(_MONOGRAM)
        mark = QRectF(place.left() + S3, place.center().y() - side / 2, side, side)
        bank_id = entry.bank.id if usable else "broken"
        paint_monogram(painter, mark, bank_id, entry.name, option.font, faint=not usable)
        words = QRectF(place)
        words.setLeft(mark.right() + S3)
        words.setRight(place.right() - S3)
        colour = found.on_selected if selected else found.text if usable else found.second
        painter.setPen(colour)
        self._paint_words(painter, words, index, option)
        if option.state & QStyle.StateFlag.State_HasFocus:
            ring(painter, option.rect, found)
        painter.restore()

    def _paint_words(self, painter: QPainter, words: QRectF, index: Any, option: Any) -> None:
        entry, found = index.data(ENTRY), colours(option.palette)
        small, body = font(option.font, Type.SMALL), font(option.font, Type.BUTTON)
        line = measures(option.font).u + 2
        middle = words.center().y()
        note = QFontMetrics(small).horizontalAdvance(entry.note) + S3 if entry.note else 0
        upper = QRectF(words.left(), middle - line, words.width() - note, line)
        lower = QRectF(words.left(), middle, words.width() - note, line)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(body)
        name = QFontMetrics(body).elidedText(
            entry.name, Qt.TextElideMode.ElideRight, int(upper.width())
        )
        if entry.bank and not found.contrast:
            _mark(painter, upper, name, index.data(MATCH), found.match)
        painter.drawText(upper, left, name)
        if not found.contrast:
            painter.setPen(found.second)
        painter.setFont(small)
        place = QFontMetrics(small).elidedText(
            entry.place, Qt.TextElideMode.ElideRight, int(lower.width())
        )
        painter.drawText(lower, left, place)
        painter.drawText(
            words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, entry.note
        )


def _is_arrow(event: QEvent) -> bool:
    pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
    return pressed and Qt.Key(event.key()) in _KEYS  # type: ignore[attr-defined]


def _mark(painter: QPainter, place: QRectF, name: str, search: str, colour: QColor) -> None:
    """Lay a mark under what was searched for."""
    at = name.casefold().find(search.strip().casefold()) if search.strip() else -1
    if at < 0:
        return
    metrics = QFontMetrics(painter.font())
    start = metrics.horizontalAdvance(name[:at])
    width = metrics.horizontalAdvance(name[: at + len(search.strip())]) - start
    pen = painter.pen()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    height = metrics.height()
    box = QRectF(place.left() + start, place.center().y() - height / 2, width, height)
    painter.drawRoundedRect(box, RADIUS_MARK, RADIUS_MARK)
    painter.setPen(pen)
