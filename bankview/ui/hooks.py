"""Where errors go that nobody caught: into the log, and to the person in one calm sentence."""

from __future__ import annotations

import faulthandler
import logging
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QCoreApplication,
    QObject,
    QSocketNotifier,
    QTimer,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

LOG = logging.getLogger(__name__)
#: Milliseconds until the app is told once more to quit.
AGAIN = 20


class Uncaught(QObject):
    """Carries what was not caught to the window's thread."""

    happened = Signal(object)

    def __call__(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log it with its traceback, and tell the window."""
        LOG.critical("something was not caught", exc_info=(kind, error, trace))
        self.happened.emit(error)


def install(crashes: Path, tell: Callable[[BaseException], None], parent: QObject) -> None:
    """Catch what nobody caught, Qt's own messages, and crashes below Python (into the file `crashes`)."""
    uncaught = Uncaught(parent)
    uncaught.happened.connect(tell)
    sys.excepthook = uncaught
    qInstallMessageHandler(_message)
    faulthandler.enable(crashes.open("w", encoding="utf-8"))


def quit_on_signals(qt: QCoreApplication) -> None:
    """End the app as its own Quit does when the session, or Ctrl+C, asks it to.

    Python runs its handlers between its own instructions; in Qt's loop there are none until something wakes it. A loop
    that does not run yet hears nothing, so that it is told again.
    """
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read, qt)
    # The sockets live as long as what listens to them.
    notifier.setProperty("sockets", (ours, theirs))
    notifier.activated.connect(lambda *_: ours.recv(64))
    telling = QTimer(qt)
    telling.setInterval(AGAIN)
    telling.timeout.connect(qt.quit)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: telling.start())


def _message(kind: QtMsgType, _: Any, text: str | None) -> None:
    quiet = kind in {QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg}
    logging.getLogger("bankview.qt").log(logging.INFO if quiet else logging.WARNING, "%s", text)
