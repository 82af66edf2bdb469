"""Locks the window and opens it again: while it is locked, nothing is shown, nothing is fetched, no key is in memory."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QDialog
from shiboken6 import isValid

from bankview.ui.windows.locked import LockedPage

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget

    from bankview.sync.home import Home
    from bankview.ui.windows.viewer import Viewer
    from bankview.ui.worker import Worker

#: Milliseconds between two looks at whether jobs have ended, and how many times it is looked.
LOOK, MOST = 50, 100
#: What still works while everything else is locked.
_FREE = {"quit"}


class Lock(QObject):
    """`closed` comes when the window is locked, `opened` when it shows the ledger again."""

    closed = Signal()
    opened = Signal()
    #: An error of what was put off until the window is open.
    failed = Signal(object)

    def __init__(self, worker: Worker, home: Home, viewer: Viewer) -> None:
        super().__init__(viewer)
        self._worker, self._home, self._viewer = worker, home, viewer
        self._page: LockedPage | None = None
        self._covered: QWidget | None = None
        self._focused: QWidget | None = None
        self._actions: list[QAction] = []
        self._looks = 0
        self._ending = QTimer(self)
        self._ending.setInterval(LOOK)
        self._ending.timeout.connect(self._seal_when_idle)

    @property
    def is_closed(self) -> bool:
        """Whether the window is locked."""
        return self._page is not None

    @property
    def can_close(self) -> bool:
        """Whether a passphrase would open it again."""
        return self._home.secrets.place == "passphrase"

    def close(self) -> None:
        """Lock the window: what runs ends at a safe point, then the keys leave memory."""
        if self.is_closed or not self.can_close:
            return
        self._close_dialogs()
        self._viewer.suspend()
        self._cover()
        self.closed.emit()
        self._home.stop()
        self._looks = 0
        self._ending.start()

    def _seal_when_idle(self) -> None:
        """Drop the keys once no job needs them; one that hangs gets no more than some seconds."""
        self._looks += 1
        if self._worker.idle or self._looks >= MOST:
            self._seal()

    def _seal(self) -> None:
        self._ending.stop()
        if not self._home.sealed:
            self._home.seal()

    def _close_dialogs(self) -> None:
        for widget in QApplication.topLevelWidgets():
            if widget is not self._viewer.window and widget.isVisible():
                widget.reject() if isinstance(widget, QDialog) else widget.close()

    def _cover(self) -> None:
        window, viewer = self._viewer.window, self._viewer
        self._focused = window.focusWidget()
        self._covered = window.takeCentralWidget()
        assert self._covered
        self._covered.hide()
        self._page = LockedPage()
        self._page.entered.connect(self._open)
        window.setCentralWidget(self._page)
        viewer.bar.hide()
        window.statusBar().hide()
        self._actions = [
            action
            for name, action in viewer.act.items()
            if action.isEnabled() and name not in _FREE
        ]
        for action in self._actions:
            action.setEnabled(False)
        self._page.field.setFocus()

    def _open(self, passphrase: str) -> None:
        page = self._page
        assert page
        self._seal()
        self._worker.run(
            partial(self._home.unseal, passphrase), lambda _: self._on_open(), page.fail, "unseal"
        )

    def _on_open(self) -> None:
        window, page = self._viewer.window, self._page
        assert page
        assert self._covered
        self._page = None
        window.takeCentralWidget()
        page.deleteLater()
        window.setCentralWidget(self._covered)
        self._covered.show()
        self._viewer.bar.show()
        window.statusBar().show()
        for action in self._actions:
            action.setEnabled(True)
        focused = self._focused if self._focused and isValid(self._focused) else None
        (focused or self._viewer.sidebar.tree).setFocus()
        self._viewer.resume()
        self._worker.run(partial(_save_unsaved, self._home), failed=self.failed.emit)
        self.opened.emit()


def _save_unsaved(home: Home) -> None:
    from bankview.sync.kept import save_unsaved  # noqa: PLC0415 - the window is painted first

    save_unsaved(home)
