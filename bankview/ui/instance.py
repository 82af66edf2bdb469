"""One window a home: a second start raises the first."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, Signal

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtNetwork import QLocalServer

#: Milliseconds to find out whether somebody listens, and seconds until who has just started does on a busy computer.
PATIENCE = 500
STARTS = 15.0


class Instance(QObject):
    """The right to be this home's window; `raised` when a second start asks for it.

    A lock file decides, which takes no time; what starts raise each other by is loaded once the window is there.
    """

    raised = Signal()

    def __init__(self, home: Path, locks: Path) -> None:
        super().__init__()
        self._home = home
        with suppress(OSError):
            locks.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = QLockFile(str(locks / "window.lock"))
        # However long its owner lives; one that was killed is known by its number.
        self._lock.setStaleLockTime(0)
        self._server: QLocalServer | None = None

    def claim(self) -> bool:
        """Become this home's window; False where another is, which then comes to the front."""
        end = time.monotonic() + STARTS
        while not self._lock.tryLock(0):
            if self._lock.error() != QLockFile.LockError.LockFailedError:
                # A folder that may not be written says so as soon as the ledger is opened.
                return True
            if self._ask_to_raise():
                return False
            if time.monotonic() > end:
                return True
            time.sleep(0.05)
        return True

    @property
    def _name(self) -> str:
        import hashlib  # noqa: PLC0415 - it loads OpenSSL, and the window is painted first

        user = os.environ.get("USER", "") or os.environ.get("USERNAME", "")
        return "bankview-" + hashlib.sha256(f"{user}|{self._home}".encode()).hexdigest()[:24]

    def _ask_to_raise(self) -> bool:
        from PySide6.QtNetwork import QLocalSocket  # noqa: PLC0415 - a first start needs it later

        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(PATIENCE):
            return False
        socket.write(b"raise")
        socket.waitForBytesWritten(PATIENCE)
        socket.disconnectFromServer()
        return True

    def listen(self) -> None:
        """Come to the front from now on when another start asks for it."""
        from PySide6.QtNetwork import QLocalServer  # noqa: PLC0415 - the window is painted first

        self._server = server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._on_connection)
        if not server.listen(self._name):
            # Left behind by a process that was killed.
            QLocalServer.removeServer(self._name)
            server.listen(self._name)

    def _on_connection(self) -> None:
        assert self._server
        socket = self._server.nextPendingConnection()
        socket.disconnected.connect(socket.deleteLater)
        self.raised.emit()

    def close(self) -> None:
        """Let another start have the home."""
        if self._server:
            self._server.close()
        self._lock.unlock()
