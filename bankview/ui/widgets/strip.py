"""The strip that says what a filter found: count, out, in and sum per currency, and a way to clear it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from bankview.domain.money import Money
from bankview.ui.colours import colours
from bankview.ui.measures import S4, Type, figures, font, measures
from bankview.ui.models.transactions import MASK
from bankview.ui.widgets.text import Link
from bankview.words import amount_text, tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bankview.store.view import Fences

#: Between what was found and its sums.
_GAP = "&nbsp;&nbsp;&nbsp; "


class ResultStrip(QWidget):
    """Shown only while a filter is active."""

    cleared = Signal()
    #: What is asked for is to have a name.
    kept = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = QLabel()
        self.text.setObjectName("result")
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._clear = Link(tr("Clear"))
        self._clear.setObjectName("clear")
        self._clear.setFont(font(self.font(), Type.SMALL_MEDIUM))
        self._clear.clicked.connect(self.cleared)
        self._keep = Link(tr("Save…"))
        self._keep.setObjectName("keep")
        self._keep.setFont(font(self.font(), Type.SMALL_MEDIUM))
        self._keep.clicked.connect(self.kept)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(S4, 0, S4, 0)
        layout.setSpacing(S4)
        layout.addWidget(self.text, 1)
        layout.addWidget(self._keep)
        layout.addWidget(self._clear)
        self.setFixedHeight(measures(self).dialog_control)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the fill between two hairlines."""
        found = colours(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), found.alternate)
        painter.setPen(found.hairline)
        painter.drawLine(0, 0, self.width(), 0)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Write the text anew in the palette's colours."""
        if event.type() == QEvent.Type.PaletteChange and self._said:
            found, of, masked = self._said
            self.show_totals(found, of, masked=masked)
        super().changeEvent(event)

    _said: tuple[Fences, int, bool] | None = None

    def show_totals(self, found: Fences, of: int, *, masked: bool) -> None:
        """Say what was found among `of` rows."""
        self._said = (found, of, masked)
        self.text.setFont(figures(self.font(), Type.SMALL))
        count = tr("<b>{n}</b> of {m} shown", n=_whole(found.count), m=_whole(of))
        sums = list(self._sums(found, masked))
        # Where there is no room for what went out and came in, what it comes to is said.
        self._ways = [_GAP.join(parts) for parts in ([count, *sums], [count, *sums[2::3]], [count])]
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    _ways: Sequence[str] = ()

    def _fit(self) -> None:
        links = self._keep.sizeHint().width() + self._clear.sizeHint().width()
        room = self.width() - links - 4 * S4
        for text in self._ways:
            self.text.setText(text)
            if self.text.sizeHint().width() <= room:
                break

    def _sums(self, found: Fences, masked: bool) -> Iterator[str]:
        look = colours(self.palette())
        second = f"<span style='color:{look.second.name()}'>"
        for currency, (out, in_) in found.sums.items():
            for words, minor, colour, code in (
                (tr("Out"), out, look.text, ""),
                (tr("In"), in_, look.credit, ""),
                (tr("Sum"), out + in_, look.text, f" {second}{currency}</span>"),
            ):
                amount = amount_text(Money(minor, currency), sign=colour == look.credit)
                shown = MASK if masked else amount
                yield f"{second}{words}</span> <b style='color:{colour.name()}'>{shown}</b>{code}"


def _whole(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")
