"""Hears from the desktop that the session was locked (org.freedesktop.ScreenSaver and GNOME's own, over D-Bus)."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import SLOT, QObject, Signal, Slot

INTERFACES = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver")


class SessionLock(QObject):
    """`locked` comes when the desktop locks the session; on systems without D-Bus never."""

    locked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        try:
            from PySide6.QtDBus import QDBusConnection  # noqa: PLC0415 - not everywhere
        except ImportError:
            return
        bus = QDBusConnection.sessionBus()
        # PySide's signature asks for bytes, and it takes text alone.
        slot: Any = SLOT("on_changed(bool)")
        for interface in INTERFACES if bus.isConnected() else ():
            bus.connect("", "", interface, "ActiveChanged", self, slot)

    @Slot(bool)
    def on_changed(self, active: bool) -> None:
        """Take the desktop's signal."""
        if active:
            self.locked.emit()
