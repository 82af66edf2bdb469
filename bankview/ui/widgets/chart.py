"""What all charts share: a place that mouse and keys move, what is said of it, and the menu to copy, list and save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFontMetricsF,
    QGuiApplication,
    QPainter,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from bankview.errors import BankviewError
from bankview.ui.colours import colours
from bankview.ui.measures import RADIUS, S1, S2, Type, figures, font
from bankview.ui.painting import frame, ring
from bankview.ui.picture import save
from bankview.ui.widgets.numbers import NumbersDialog
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import (
        QContextMenuEvent,
        QFocusEvent,
        QKeyEvent,
        QMouseEvent,
        QPaintEvent,
    )

    from bankview.ui.charts.values import Numbers
    from bankview.ui.colours import Colours

Key = Qt.Key
#: A line of the small box at a place: words, and an amount that stands out.
Said = tuple[str, str]


class Chart(QWidget):
    """Numbers as a picture. A chart has places, from 0; one of them may be marked.

    A chart says how many places it has, where they lie and what they stand for; all else is done here.
    """

    #: The transactions behind a value, as a question in the language of the search.
    rows_asked = Signal(str)
    #: A picture could not be saved.
    failed = Signal(object)
    #: How far keys move the mark.
    steps: ClassVar[Mapping[Qt.Key, int]] = {
        Key.Key_Left: -1,
        Key.Key_Right: 1,
        Key.Key_PageUp: -30,
        Key.Key_PageDown: 30,
    }

    #: What speaks of it to screen readers, once one asked; it lives as long as the chart.
    spoken: object = None

    def __init__(self, name: str) -> None:
        """`name` says what is drawn: it is the chart's accessible name, and that of its files."""
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.masked = False
        self._place: int | None = None
        self._by_keys = False
        #: What `render_on` drew last, for as long as neither values, size nor look change.
        self._still: QPixmap | None = None

    # What a chart says of itself.

    def count(self) -> int:
        """Return how many places there are."""
        raise NotImplementedError

    def place_at(self, _at: QPointF) -> int | None:
        """Return the place below a point of the widget."""
        raise NotImplementedError

    def said_of(self, place: int) -> Sequence[Said]:
        """Return what is said of a place, a line each."""
        raise NotImplementedError

    def asked_by(self, place: int) -> str:
        """Return the question for the transactions behind a place; empty where there are none."""
        raise NotImplementedError

    def summary(self) -> str:
        """Return the picture in one sentence."""
        raise NotImplementedError

    def numbers(self) -> Numbers:
        """Return the picture as a table."""
        raise NotImplementedError

    def draw(self, painter: QPainter, box: QRectF, look: Colours) -> None:
        """Draw everything but the mark."""
        raise NotImplementedError

    def draw_mark(self, painter: QPainter, box: QRectF, look: Colours, place: int) -> None:
        """Draw the mark at a place."""
        raise NotImplementedError

    # What charts share.

    @property
    def place(self) -> int | None:
        """The place that is marked."""
        return self._place

    def mark(self, place: int | None) -> None:
        """Mark a place, or none, and say it to who listens."""
        place = None if place is None or not self.count() else min(max(place, 0), self.count() - 1)
        if place == self._place:
            return
        self._place = place
        self.update()
        if place is not None and self.hasFocus() and QAccessible.isActive():
            words = ", ".join(" ".join(filter(None, line)) for line in self.said_of(place))
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def shown(self, *, masked: bool) -> None:
        """Take over new values: called by a chart once it has them."""
        self.masked, self._still = masked, None
        if self._place is not None and self._place >= self.count():
            self._place = None
        self.setAccessibleDescription(self.summary() if self.count() else self.nothing())
        self.updateGeometry()
        self.update()

    def nothing(self) -> str:
        """Return what stands where there is nothing to draw."""
        return tr("Nothing in this period.")

    def ask(self, place: int) -> None:
        """Ask for the transactions behind a place."""
        if question := self.asked_by(place):
            self.rows_asked.emit(question)

    def act(self, place: int) -> None:
        """Do what a click does."""
        self.ask(place)

    def paintEvent(self, _: QPaintEvent) -> None:
        still = self._drawn()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, still)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = colours(self.palette())
        if self._place is not None:
            self.draw_mark(painter, QRectF(self.rect()), look, self._place)
        if self.hasFocus() and self._by_keys:
            ring(painter, self.rect(), look)
        painter.end()

    def _drawn(self) -> QPixmap:
        """Return the picture without its mark; a mark that moves does not draw it again."""
        ratio = self.devicePixelRatioF()
        size = self.size() * ratio
        if self._still is None or self._still.size() != size:
            self._still = QPixmap(size)
            self._still.setDevicePixelRatio(ratio)
            self._still.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._still)
            self.render_on(painter, QRectF(self.rect()))
            painter.end()
        return self._still

    def render_on(self, painter: QPainter, box: QRectF) -> None:
        """Draw the chart without a mark: on the screen, or into a file."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = colours(self.palette())
        if self.count():
            self.draw(painter, box, look)
            return
        painter.setFont(self.font())
        painter.setPen(look.second)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.nothing())

    def draw_words(
        self, painter: QPainter, look: Colours, box: QRectF, x: float, lines: Sequence[Said]
    ) -> None:
        """Draw the small box with what is said, beside `x` and within `box`."""
        plain, strong = font(self.font(), Type.SMALL), figures(self.font(), Type.STRONG)
        small, large = QFontMetricsF(plain), QFontMetricsF(strong)
        gap = S2
        width = max(
            small.horizontalAdvance(words)
            + (gap + large.horizontalAdvance(amount) if amount else 0)
            for words, amount in lines
        )
        size = QRectF(0, 0, width + 2 * S2, len(lines) * large.height() + 2 * S1)
        left = x + S2 if x + S2 + size.width() <= box.right() else x - S2 - size.width()
        size.moveTo(max(box.left(), left), box.top())
        frame(painter, size.toAlignedRect(), look.button, look.control, RADIUS)
        inner = size.adjusted(S2, S1, -S2, -S1)
        for number, (words, amount) in enumerate(lines):
            row = QRectF(
                inner.left(), inner.top() + number * large.height(), inner.width(), large.height()
            )
            painter.setFont(plain)
            painter.setPen(look.second)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
            painter.setFont(strong)
            painter.setPen(look.text)
            painter.drawText(
                row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, amount
            )

    def draw_hairline(self, painter: QPainter, look: Colours, x: float, box: QRectF) -> None:
        """Draw the line through a place."""
        painter.setPen(QPen(look.second, 1))
        x = round(x) + 0.5
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        self.setCursor(
            Qt.CursorShape.ArrowCursor
            if place is None or not self.asked_by(place)
            else Qt.CursorShape.PointingHandCursor
        )
        self.mark(place)

    def leaveEvent(self, event: QEvent) -> None:
        self.mark(None)
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self.act(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        self._by_keys = True
        if key in self.steps and self.count():
            step = self.steps[key]
            begin = 0 if step > 0 else self.count() - 1
            self.mark(begin if self._place is None else self._place + step)
        elif key in {Key.Key_Home, Key.Key_End} and self.count():
            self.mark(0 if key == Key.Key_Home else self.count() - 1)
        elif key in {Key.Key_Return, Key.Key_Enter, Key.Key_Space} and self._place is not None:
            self.act(self._place)
        elif key == Key.Key_Escape and self._place is not None:
            self.mark(None)
        else:
            super().keyPressEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keys = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.mark(None)
        super().focusOutEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.menu()
        menu.exec(event.globalPos())

    def menu(self) -> QMenu:
        """Return what can be done with the chart, and with the place that is marked."""
        menu, place = QMenu(self), self._place
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if place is not None and self.asked_by(place):
            menu.addAction(tr("Show transactions"), lambda: self.ask(place))
            menu.addSeparator()
        actions = (
            menu.addAction(tr("Copy as table"), self.copy_table),
            menu.addAction(tr("Show as table…"), self.show_table),
            menu.addAction(tr("Save as PNG…"), lambda: self._save_as("png")),
            menu.addAction(tr("Save as SVG…"), lambda: self._save_as("svg")),
        )
        for action in actions:
            action.setEnabled(bool(self.count()))
        return menu

    def save(self, path: Path) -> None:
        """Write the picture into a file; a failure is told by `failed`."""
        try:
            save(self.render_on, self.size(), colours(self.palette()).base, path)
        except BankviewError as error:
            self.failed.emit(error)

    def _save_as(self, suffix: str) -> None:
        name = f"{self.accessibleName()}.{suffix}"
        path, _ = QFileDialog.getSaveFileName(self, tr("Save the chart"), name, f"*.{suffix}")
        if path:
            self.save(Path(path) if Path(path).suffix else Path(f"{path}.{suffix}"))

    def copy_table(self) -> None:
        """Put the numbers on the clipboard."""
        QGuiApplication.clipboard().setText(self.numbers().copied(masked=self.masked))

    def show_table(self) -> None:
        """Show the numbers as a table, to be walked through cell by cell."""
        NumbersDialog(self.accessibleName(), self.numbers(), self, masked=self.masked).open()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.PaletteChange}:
            self._still = None
            self.updateGeometry()
            self.update()
        super().changeEvent(event)
