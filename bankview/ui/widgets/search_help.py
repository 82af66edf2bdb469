"""What lies under the search field while it has the focus: examples to take over, or why a term is not understood."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QLineEdit, QStyle, QVBoxLayout, QWidget

from bankview.domain.search import parse
from bankview.ui.colours import colours
from bankview.ui.measures import RADIUS, RADIUS_FRAME, S1, S2, S3, S5, Type, font, measures
from bankview.ui.painting import frame, ring
from bankview.ui.widgets.text import Text
from bankview.words import term_text, tr


def examples() -> tuple[tuple[str, str], ...]:
    """Return terms with what they find."""
    return (
        ("payee:rema", tr("who was paid, or paid; also text: note: tag: account: bank:")),
        ("amount:>500", tr("a size; also amount:100..200, or amount:<-500 with its sign")),
        ("date:2026-03", tr("a month, a year or a day; also date:>2026-03-15")),
        ("category:groceries", tr("with all that lies below it")),
        ("is:pending", tr("also in, out, booked, checked, new and transfer")),
        ('-"two words"', tr("a minus leaves out; quotes keep words together")),
    )


class SearchHelp(QFrame):
    """A frame over the window, below the field; it takes no room and no focus of its own."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__(field)
        self.setObjectName("search-help")
        self.setAccessibleName(tr("What can be searched for"))
        self._field = field
        self.problem = Text(kind=Type.SMALL, role="attention", wrap=True)
        self.problem.setObjectName("search-problem")
        self.lines = [_Example(*said) for said in examples()]
        column = QVBoxLayout(self)
        column.setContentsMargins(S2, S2, S2, S2)
        column.setSpacing(0)
        column.addWidget(self.problem)
        for line in self.lines:
            line.clicked.connect(lambda _=False, line=line: self._take(line.term))
            line.left.connect(self._step)
            column.addWidget(line)
        field.textChanged.connect(lambda _: self.settle())
        field.installEventFilter(self)
        self.settle()

    def settle(self) -> None:
        """Show what there is to say of the text: examples of an empty one, or what of it is not understood."""
        text = self._field.text()
        unknown = parse(text).unknown
        self.problem.setText(term_text(unknown[0]) if unknown else "")
        self.problem.setVisible(bool(unknown))
        for line in self.lines:
            line.setVisible(not text.strip())
        inside = self._field.hasFocus() or any(line.hasFocus() for line in self.lines)
        if inside and (unknown or not text.strip()):
            self._place()
        else:
            self.hide()

    def _place(self) -> None:
        window = self._field.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        at = self._field.mapTo(window, QPoint(0, self._field.height() + S1))
        mirrored = self.isRightToLeft()
        room = at.x() + self._field.width() if mirrored else window.width() - at.x()
        words = self.problem.fontMetrics().horizontalAdvance(self.problem.text()) + S3
        shown = [line.sizeHint().width() for line in self.lines if not self._field.text().strip()]
        wide = min(max([words, *shown]) + 2 * S2, room - S2)
        layout = self.layout()
        assert layout
        layout.activate()
        wrapped = layout.totalHeightForWidth(wide)
        self.setFixedSize(wide, wrapped if wrapped > 0 else layout.totalSizeHint().height())
        self.move(at + QPoint(self._field.width() - wide if mirrored else 0, 0))
        self.raise_()
        self.show()

    def _take(self, term: str) -> None:
        self._field.setFocus()
        self._field.setText(f"{self._field.text()} {term}".strip())

    def _step(self, line: _Example, by: int) -> None:
        """Go to the next example, or from the first back to the field."""
        place = self.lines.index(line) + by
        last = len(self.lines) - 1
        target: QWidget = self.lines[min(place, last)] if place >= 0 else self._field
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        """Come and go with the field's focus; Down leads into the examples."""
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut, QEvent.Type.Hide}:
            self.settle()
        down = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Down
        if down and event.type() == QEvent.Type.KeyPress and self.lines[0].isVisible():
            self.lines[0].setFocus(Qt.FocusReason.TabFocusReason)
            return True
        return False

    def focusNextPrevChild(self, following: bool) -> bool:
        """Let Tab go on from the field, and back to it."""
        self._field.setFocus(Qt.FocusReason.TabFocusReason)
        return not following or self._field.focusNextPrevChild(following)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw ground and edge."""
        found = colours(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame(painter, self.rect(), found.base, found.control, RADIUS_FRAME)
        painter.end()


class _Example(QAbstractButton):
    """A term, and what it finds."""

    #: The person goes up (-1) or down (+1) from here.
    left = Signal(object, int)

    def __init__(self, term: str, words: str) -> None:
        super().__init__()
        self.term, self._words = term, words
        self.setText(term)
        self.setAccessibleName(f"{term}: {words}")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def _first(self) -> int:
        """Return the width of the column of terms."""
        room = QFontMetrics(font(self.font(), Type.BODY))
        return max(room.horizontalAdvance(term) for term, _ in examples()) + S5

    def sizeHint(self) -> QSize:
        """Return the room of both texts."""
        words = QFontMetrics(font(self.font(), Type.SMALL)).horizontalAdvance(self._words)
        return QSize(self._first() + words + 2 * S3, measures(self).control)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go up and down, take it over, or go back to the field."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Escape: -99}
        if event.key() in steps:
            self.left.emit(self, steps[Qt.Key(event.key())])
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Write both texts; a quiet ground under the mouse or the focus."""
        found, painter = colours(self.palette()), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            frame(painter, self.rect(), found.chip, found.chip, RADIUS)
        if self.hasFocus():
            ring(painter, self.rect().adjusted(2, 2, -2, -2), found)
        place = self.rect().adjusted(S3, 0, -S3, 0)
        painter.setPen(found.link)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self.term)
        small = font(self.font(), Type.SMALL)
        painter.setFont(small)
        painter.setPen(found.second)
        place = QStyle.visualRect(
            self.layoutDirection(), self.rect(), place.adjusted(self._first(), 0, 0, 0)
        )
        words = QFontMetrics(small).elidedText(
            self._words, Qt.TextElideMode.ElideRight, place.width()
        )
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()
