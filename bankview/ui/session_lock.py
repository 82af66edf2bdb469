"""Hears over D-Bus that the session was locked, or that the computer goes to sleep.

Desktops say it themselves (org.freedesktop.ScreenSaver and GNOME's own), and systemd's logind does for all of them
(https://www.freedesktop.org/software/systemd/man/org.freedesktop.login1.html).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import SLOT, QObject, Signal, Slot

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection

#: What desktops' screen savers speak.
INTERFACES = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver")
LOGIND = "org.freedesktop.login1"
LOGIND_PATH = "/org/freedesktop/login1"


class SessionLock(QObject):
    """`locked` comes when the session is locked, and before the computer sleeps; on systems without D-Bus never."""

    locked = Signal()

    def __init__(self, parent: QObject, system: QDBusConnection | None = None) -> None:
        """`system` is the bus that logind is on; the system's own where it is None."""
        super().__init__(parent)
        try:
            from PySide6.QtDBus import QDBusConnection  # noqa: PLC0415 - not everywhere
        except ImportError:
            return
        bus = QDBusConnection.sessionBus()
        for interface in INTERFACES if bus.isConnected() else ():
            bus.connect("", "", interface, "ActiveChanged", self, _slot("on_changed(bool)"))
        self._system = system or QDBusConnection.systemBus()
        if self._system.isConnected():
            self._listen_to_logind()

    @Slot(bool)
    def on_changed(self, active: bool) -> None:
        """Take a desktop's signal, or that of a computer that goes to sleep or wakes up."""
        if active:
            self.locked.emit()

    @Slot()
    def on_locked(self) -> None:
        """Take logind's signal."""
        self.locked.emit()

    def _listen_to_logind(self) -> None:
        from PySide6.QtDBus import (  # noqa: PLC0415 - not everywhere
            QDBusMessage,
            QDBusPendingCallWatcher,
        )

        asleep = (LOGIND, LOGIND_PATH, f"{LOGIND}.Manager", "PrepareForSleep")
        self._system.connect(*asleep, self, _slot("on_changed(bool)"))
        # Signals carry the session's real path, and only its id leads there: others' sessions are not ours to follow.
        own = (LOGIND, f"{LOGIND_PATH}/session/auto", "org.freedesktop.DBus.Properties", "Get")
        question = QDBusMessage.createMethodCall(*own)
        question.setArguments([f"{LOGIND}.Session", "Id"])
        asked = QDBusPendingCallWatcher(self._system.asyncCall(question), self)
        asked.finished.connect(self._on_session)

    def _on_session(self, asked: Any) -> None:
        answer = asked.reply().arguments() if not asked.isError() else ()
        asked.deleteLater()
        if answer:
            path = f"{LOGIND_PATH}/session/{label(_plain(answer[0]))}"
            told = (LOGIND, path, f"{LOGIND}.Session", "Lock")
            self._system.connect(*told, self, _slot("on_locked()"))


def label(own: str) -> str:
    """Return a session's id as it stands in a path (sd_bus_path_encode(3))."""
    return "".join(
        chr(byte) if chr(byte).isalpha() or (place and chr(byte).isdigit()) else f"_{byte:02x}"
        for place, byte in enumerate(own.encode("ascii", "replace"))
    )


def _plain(value: Any) -> str:
    return str(value.variant() if hasattr(value, "variant") else value)


def _slot(signature: str) -> Any:
    # PySide's signature asks for bytes, and it takes text alone.
    return SLOT(signature)
