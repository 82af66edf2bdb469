"""One window a home: a second start raises the first."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

if TYPE_CHECKING:
    from pathlib import Path

#: Milliseconds to find out whether somebody listens.
PATIENCE = 500


class Instance(QObject):
    """The right to be this home's window; `raised` when a second start asks for it."""

    raised = Signal()

    def __init__(self, home: Path) -> None:
        super().__init__()
        user = os.environ.get("USER", "") or os.environ.get("USERNAME", "")
        self._name = "bankview-" + hashlib.sha256(f"{user}|{home}".encode()).hexdigest()[:24]
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    def claim(self) -> bool:
        """Become this home's window; False where another is, which then comes to the front."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if socket.waitForConnected(PATIENCE):
            socket.write(b"raise")
            socket.waitForBytesWritten(PATIENCE)
            socket.disconnectFromServer()
            return False
        if not self._server.listen(self._name):
            # Left behind by a process that was killed.
            QLocalServer.removeServer(self._name)
            self._server.listen(self._name)
        return True

    def _on_connection(self) -> None:
        socket = self._server.nextPendingConnection()
        socket.disconnected.connect(socket.deleteLater)
        self.raised.emit()

    def close(self) -> None:
        """Let another start have the home."""
        self._server.close()
