"""Labels in one of the window's kinds of text and colours; they follow font and palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QSizePolicy, QStyle, QWidget

from bankview.ui.colours import colours
from bankview.ui.icons import pixmap
from bankview.ui.measures import Type, font
from bankview.ui.plain import hint, literal
from bankview.words import seen_lines

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent


class Text(QLabel):
    """A plain-text label: `kind` is its size and weight, `role` its colour's name."""

    def __init__(
        self, text: str = "", kind: Type = Type.BODY, role: str = "text", *, wrap: bool = False
    ) -> None:
        super().__init__(seen_lines(text))
        self._kind, self._role = kind, role
        self._dressed = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self._dress()

    def setText(self, text: str) -> None:
        """Show another text."""
        super().setText(seen_lines(text))

    def set_role(self, role: str) -> None:
        """Change the colour to another role."""
        self._role = role
        self._dress()

    def set_kind(self, kind: Type) -> None:
        """Change size and weight."""
        self._kind = kind
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the application's palette and font."""
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.ApplicationFontChange}:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        self.setFont(font(QApplication.font(), self._kind))
        # Only what is ours is set: a widget with a palette of its own in full hears of no other.
        changed = QPalette()
        colour = getattr(colours(QApplication.palette()), self._role)
        if self.palette().color(QPalette.ColorRole.WindowText) == colour and self._dressed:
            return
        self._dressed = True
        # Which of the two a label takes depends on the ground it stands on.
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):
            changed.setColor(role, colour)
        self.setPalette(changed)


class OneLine(Text):
    """A text that ends in an ellipsis where it has no room; its tool tip holds all of it then."""

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def setText(self, text: str) -> None:
        """Show another text."""
        super().setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See whether there is room."""
        super().resizeEvent(event)
        self._fit()

    @property
    def fitted(self) -> str:
        """What is to be read of it."""
        return self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width()
        )

    def _fit(self) -> None:
        self.setToolTip(hint(self.text()) if self.fitted != self.text() else "")

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            QStyle.visualAlignment(self.layoutDirection(), self.alignment()),
            self.palette(),
            self.isEnabled(),
            self.fitted,
            self.foregroundRole(),
        )
        painter.end()


class Picture(QLabel):
    """An icon in one of the window's colours."""

    def __init__(self, name: str, role: str = "second", size: int = 16) -> None:
        super().__init__()
        self._name, self._role, self._size = name, role, size
        self.setFixedSize(QSize(size, size))
        self._draw()

    def set_icon(self, name: str, role: str) -> None:
        """Show another icon."""
        self._name, self._role = name, role
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew in the palette's colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()
        super().changeEvent(event)

    def _draw(self) -> None:
        colour = getattr(colours(QApplication.palette()), self._role)
        self.setPixmap(pixmap(self._name, colour, self._size, self.devicePixelRatioF()))


class Hairline(QWidget):
    """A horizontal line, one pixel high."""

    def __init__(self, role: str = "hairline") -> None:
        super().__init__()
        self._role = role
        self.setFixedHeight(1)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw it in the colour of the moment."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), getattr(colours(self.palette()), self._role))
        painter.end()


class Link(QPushButton):
    """A button that reads as a link: as wide as its words, so that they stand where words would."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(literal(text), parent)
        self.setFlat(True)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFont(font(QApplication.font(), Type.BUTTON))

    def setText(self, text: str) -> None:
        """Show other words."""
        super().setText(literal(text))

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text()).width()
        return QSize(words + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw its words in the link's colour of the moment."""
        link = colours(QApplication.palette()).link
        if self.palette().color(QPalette.ColorRole.ButtonText) != link:
            changed = QPalette()
            changed.setColor(QPalette.ColorRole.ButtonText, link)
            self.setPalette(changed)
        super().paintEvent(event)
