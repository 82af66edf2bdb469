"""A field for a category: chosen from the tree by its name, or a word of the person's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QPainter, QPixmap, QStandardItem
from PySide6.QtGui import QStandardItemModel as Model
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from bankview.domain.category import parent, place
from bankview.ui.colours import category_colour, colours
from bankview.ui.icons import icon
from bankview.ui.measures import S1, S2, S3, measures
from bankview.ui.widgets.line import Line
from bankview.words import category_text, category_texts, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Pixels of the dot in a category's colour.
DOT = 8
#: Pixels of the list's scroll bar and edges.
BAR = 24
_ID = Qt.ItemDataRole.UserRole
_Where = QLineEdit.ActionPosition


class CategoryField(Line):
    """`value` is an id of the tree, a word of the person's own, or nothing; `left` says that the person is done."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__(name, words)
        self._shown = ""
        self._own: tuple[str, ...] = ()
        self._dot = QAction(tr("Colour of the category"), self)
        self._all = QAction(tr("Show all categories"), self)
        self._all.triggered.connect(self.open)
        self.addAction(self._dot, _Where.LeadingPosition)
        self.addAction(self._all, _Where.TrailingPosition)
        self._tree = Model(self)
        found = self.completer()
        found.setModel(self._tree)
        self._list = QListView()
        found.setPopup(self._list)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setItemDelegate(_Names(self))
        found.setMaxVisibleItems(16)
        found.activated.connect(lambda _: self.left.emit())
        self.textChanged.connect(lambda _: self._draw())
        self.offer(())
        self._draw()

    @property
    def value(self) -> str:
        """The category that the text names."""
        typed = " ".join(self.text().split())
        named = {text.casefold(): id_ for id_, text in category_texts().items()}
        return named.get(typed.casefold(), typed)

    @property
    def is_changed(self) -> bool:
        """Whether something else was typed than what is shown."""
        return self.text().strip() != category_text(self._shown)

    def show_category(self, category: str) -> None:
        """Show what is in force."""
        self._shown = category
        self.show_text(category_text(category))
        self.setCursorPosition(0)

    def offer(self, words: Sequence[str]) -> None:
        """Offer the tree, and below it the words that are in use."""
        own = tuple(word for word in words if not place(word))
        if self._tree.rowCount() and own == self._own:
            return
        self._own = own
        self._tree.clear()
        for id_, text in (*category_texts().items(), *((word, word) for word in own)):
            line = QStandardItem(text)
            line.setData(id_, _ID)
            self._tree.appendRow(line)

    def open(self) -> None:
        """Show all that can be chosen."""
        self.setFocus()
        self.selectAll()
        found = self.completer()
        found.setCompletionPrefix("")
        wide = max(self.width(), self._list.sizeHintForColumn(0) + BAR)
        found.complete(QRect(self.width() - wide, 0, wide, self.height()))
        at = self._row_of(self._shown)
        if at >= 0:
            self._list.setCurrentIndex(found.completionModel().index(at, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show everything by Down and F4 while nothing is completed."""
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_F4}:
            self.open()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew in the palette's colours."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_tree"):
            self._draw()
        super().changeEvent(event)

    def _row_of(self, category: str) -> int:
        rows = range(self._tree.rowCount())
        return next((n for n in rows if self._tree.item(n).data(_ID) == category), -1)

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(QSize(16, 16) * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        if self.value:
            painter = QPainter(picture)
            paint_dot(painter, self.value, 4, 4)
            painter.end()
        self._dot.setIcon(QIcon(picture))
        self._all.setIcon(icon("chevron-down", QApplication.palette()))


class _Names(QStyledItemDelegate):
    """A category a line: its dot and its name, those below another one a step to the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        """Return room for step, dot and name."""
        wide = super().sizeHint(option, index).width() + 2 * S3 + DOT + S2 + 2 * S2
        return QSize(wide, measures(QApplication.font()).control)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        """Draw one line."""
        shown: Any = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        style = QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, shown, painter)
        category = str(index.data(_ID))
        room: Any = shown.rect
        left = room.left() + S2 + (S3 + S1 if parent(category) != category else 0)
        painter.save()
        paint_dot(painter, category, left, room.center().y() - DOT // 2 + 1)
        chosen = bool(shown.state & QStyle.StateFlag.State_Selected)
        palette = shown.palette
        painter.setPen((palette.highlightedText() if chosen else palette.text()).color())
        place_ = QRectF(room).adjusted(left - room.left() + DOT + S2, 0, -S2, 0)
        words = shown.fontMetrics.elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, int(place_.width())
        )
        painter.drawText(place_, Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()


def paint_dot(painter: QPainter, category: str, left: float, top: float) -> None:
    """Draw a category's dot."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(category_colour(category, colours(QApplication.palette())))
    painter.drawEllipse(QRectF(left, top, DOT, DOT))
