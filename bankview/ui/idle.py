"""How long nobody has touched the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PySide6.QtGui import QWindow

#: Milliseconds between two looks at the clock. It is the wall's, since others stand still while the computer sleeps.
LOOK = 20_000
_INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class Idle(QObject):
    """`over` comes once no key and no mouse came to any window for `minutes`; 0 = never.

    It listens to the system's windows, not to the application: that would hear of each widget's every event.
    """

    over = Signal()

    def __init__(self, now: Callable[[], datetime], parent: QObject) -> None:
        super().__init__(parent)
        self._now, self._last = now, now()
        self._minutes = 0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK)
        self._timer.timeout.connect(self.look)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._listen)
        self._listen(app.focusWindow())

    def watch(self, minutes: int) -> None:
        """Begin anew, with another patience; 0 ends it."""
        self._minutes, self._last = minutes, self._now()
        self._timer.start() if minutes else self._timer.stop()

    def look(self) -> None:
        """Say whether the time is over."""
        if self._minutes and (self._now() - self._last).total_seconds() >= 60 * self._minutes:
            self._timer.stop()
            self.over.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002 - as Qt has it
        """Note that somebody is here."""
        if event.type() in _INPUT:
            self._last = self._now()
        return False

    def _listen(self, window: QWindow | None) -> None:
        self._last = self._now()
        if window:
            # Installed twice, it is moved to the front.
            window.installEventFilter(self)
