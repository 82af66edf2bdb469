"""Notice bars above the page: icon, a sentence, what follows, one button; two at most, then how many more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bankview.ui.colours import colours
from bankview.ui.icons import icon
from bankview.ui.measures import S2, S3, S4, Type, font, measures
from bankview.ui.widgets.motion import slide
from bankview.ui.widgets.text import Link, OneLine, Picture, Text
from bankview.words import tr, tr_n

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

#: Bars that are shown at once.
SHOWN = 2

Kind = Literal["attention", "soon", "notice"]


@dataclass(frozen=True, slots=True)
class Notice:
    """What a bar says. `id` comes back when its button or cross is pressed; `button` may be empty."""

    id: str
    kind: Kind
    icon: str
    title: str
    detail: str = ""
    button: str = ""
    dismissible: bool = True


class NoticeBar(QFrame):
    """One bar, 44 high at 13 px; the second sentence gives way where there is no room for it."""

    acted = Signal(str)
    dismissed = Signal(str)

    def __init__(self, notice: Notice) -> None:
        super().__init__()
        self.notice = notice
        self.setObjectName(f"notice-{notice.id}")
        self.setAccessibleName(f"{notice.title} {notice.detail}".strip())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(measures(self).notice)
        self._title = OneLine(notice.title, Type.STRONG)
        self._detail = Text(notice.detail)
        self._button = self._make_button()
        self._close = self._make_close()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the second sentence only where it fits whole; it is in the tooltip otherwise."""
        super().resizeEvent(event)
        room = self._button.x() - self._title.x() - self._title.sizeHint().width() - S4
        fits = QFontMetrics(self._detail.font()).horizontalAdvance(self.notice.detail) <= room
        self._detail.setText(self.notice.detail if fits else "")
        self.setToolTip("" if fits else self.notice.detail)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the cross anew in the palette's colours."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_close"):
            self._close.setIcon(icon("close", self.palette()))
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - it is small
        """Draw the fill and its two edges."""
        found = colours(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), getattr(found, f"{self.notice.kind}_fill"))
        painter.setPen(getattr(found, f"{self.notice.kind}_edge"))
        painter.drawLine(0, 0, self.width(), 0)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(S4, 0, S3, 0)
        row.setSpacing(0)
        row.addWidget(Picture(self.notice.icon, self.notice.kind))
        row.addSpacing(S3)
        row.addWidget(self._title)
        row.addSpacing(S2 - 1)
        row.addWidget(self._detail)
        row.addStretch(1)
        row.addWidget(self._button)
        row.addSpacing(S4 - 2)
        row.addWidget(self._close)
        for text in (self._title, self._detail):
            text.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def _make_button(self) -> QPushButton:
        button = QPushButton(self.notice.button)
        button.setFont(font(self.font(), Type.BUTTON))
        button.setAutoDefault(False)
        button.setMinimumWidth(measures(self).scaled(104))
        button.setVisible(bool(self.notice.button))
        button.clicked.connect(lambda: self.acted.emit(self.notice.id))
        return button

    def _make_close(self) -> QToolButton:
        close = QToolButton()
        close.setAutoRaise(True)
        close.setIcon(icon("close", self.palette()))
        close.setFixedSize(28, 28)
        close.setAccessibleName(tr("Dismiss"))
        close.setEnabled(self.notice.dismissible)
        if not self.notice.dismissible:
            policy = close.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            close.setSizePolicy(policy)
            close.hide()
        close.clicked.connect(lambda: self.dismissed.emit(self.notice.id))
        return close


class NoticeStack(QWidget):
    """Two bars at most, the most urgent first, then "2 more", which shows them all."""

    acted = Signal(str)
    dismissed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notices")
        self._notices: tuple[Notice, ...] = ()
        self._bars: dict[Notice, NoticeBar] = {}
        self._all = self._elsewhere = False
        self._leaving: set[NoticeBar] = set()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._more = Link("")
        self._more.setObjectName("more-notices")
        self._more.clicked.connect(self._show_all)
        self._column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignHCenter)
        self._more.hide()
        self.hide()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What it was told to show, in its own order."""
        return self._notices

    def show_notices(self, notices: tuple[Notice, ...]) -> None:
        """Show these and no others; bars that stay are not touched."""
        urgency = ("attention", "soon", "notice")
        self._notices = tuple(sorted(notices, key=lambda notice: urgency.index(notice.kind)))
        self._all = self._all and len(notices) > SHOWN
        self._lay()

    def set_elsewhere(self, *, elsewhere: bool) -> None:
        """Show nothing while the page says it itself."""
        self._elsewhere = elsewhere
        self._lay()

    def bars(self) -> tuple[NoticeBar, ...]:
        """Return the bars on screen, from the top."""
        return tuple(self._bars[notice] for notice in self._visible())

    def _visible(self) -> tuple[Notice, ...]:
        if self._elsewhere:
            return ()
        return self._notices if self._all else self._notices[:SHOWN]

    def _show_all(self) -> None:
        self._all = True
        self._lay()

    def _lay(self) -> None:
        wanted = self._visible()
        for notice in [old for old in self._bars if old not in wanted]:
            self._remove(self._bars.pop(notice))
        for place, notice in enumerate(wanted):
            if notice not in self._bars:
                self._bars[notice] = self._make(notice, place)
        rest = 0 if self._elsewhere else len(self._notices) - len(wanted)
        self._more.setText(tr_n("{n} more", "{n} more", rest))
        self._more.setVisible(rest > 0)
        self.setVisible(bool(wanted) or bool(self._leaving))

    def _remove(self, bar: NoticeBar) -> None:
        bar.setEnabled(False)
        self._leaving.add(bar)

        def gone() -> None:
            self._leaving.discard(bar)
            self._column.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
            self.setVisible(bool(self._bars) or bool(self._leaving))

        slide(bar, bar.height(), 0, bar.setFixedHeight, gone)

    def _make(self, notice: Notice, place: int) -> NoticeBar:
        bar = NoticeBar(notice)
        bar.acted.connect(self.acted)
        bar.dismissed.connect(self.dismissed)
        self._column.insertWidget(place, bar)
        if self.isVisible():
            bar.show()
            slide(bar, 0, measures(bar).notice, bar.setFixedHeight, lambda: None)
        return bar
