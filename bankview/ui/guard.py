"""When the window is locked: at the person's word, when nobody is there, and when the session is locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from bankview.ui.idle import Idle
from bankview.ui.lock import Lock
from bankview.ui.lock_setting import LockSetting
from bankview.ui.session_lock import SessionLock

if TYPE_CHECKING:
    from bankview.sync.home import Home
    from bankview.ui.poller import Poller
    from bankview.ui.updates import Updates
    from bankview.ui.windows.viewer import Viewer
    from bankview.ui.worker import Worker


class Guard(QObject):
    """Ties the lock to what locks it, and to what stands still meanwhile."""

    failed = Signal(object)

    def __init__(
        self, worker: Worker, home: Home, viewer: Viewer, updates: Updates, poller: Poller
    ) -> None:
        super().__init__(viewer)
        self._viewer, self._updates, self._poller = viewer, updates, poller
        self._minutes = 0
        self.lock = Lock(worker, home, viewer)
        self.setting = LockSetting(worker, home, self)
        self._idle = Idle(home.now, self)
        self._idle.over.connect(self.lock.close)
        SessionLock(self).locked.connect(self.lock.close)
        self.lock.closed.connect(self._pause)
        self.lock.opened.connect(self._go_on)
        self.lock.failed.connect(self.failed)
        self.setting.failed.connect(self.failed)
        self.setting.changed.connect(lambda _: self._idle.watch(self._patience))

    @property
    def _patience(self) -> int:
        return self._minutes if self.lock.can_close else 0

    def watch(self, minutes: int) -> None:
        """Lock after so many minutes without key or mouse; 0 = never."""
        self._minutes = minutes
        self._idle.watch(self._patience)

    def lock_now(self) -> None:
        """Lock the window; where no passphrase would open it, offer to choose one."""
        if self.lock.can_close:
            self.lock.close()
        else:
            self.setting.turn_on(self._viewer.window)

    def _pause(self) -> None:
        self._updates.paused = True
        self._poller.pause()
        self._idle.watch(0)

    def _go_on(self) -> None:
        self._updates.paused = False
        self._poller.go_on()
        self._idle.watch(self._patience)
