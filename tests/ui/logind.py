"""A stand-in for systemd's logind on a bus of its own; run by the system's Python, which has GLib.

Usage: logind.py ADDRESS; says "ready" once it has its name, then does what is asked on stdin: `Lock SESSION`,
`PrepareForSleep true`.
"""

from __future__ import annotations

import os
import sys

from gi.repository import Gio, GLib

NAME, PATH = "org.freedesktop.login1", "/org/freedesktop/login1"
SESSION = """<node><interface name="org.freedesktop.login1.Session">
<property name="Id" type="s" access="read"/><signal name="Lock"/></interface></node>"""
FLAGS = Gio.DBusConnectionFlags


def main(address: str) -> None:
    """Stand on the bus until stdin ends."""
    way = FLAGS.AUTHENTICATION_CLIENT | FLAGS.MESSAGE_BUS_CONNECTION
    bus = Gio.DBusConnection.new_for_address_sync(address, way, None, None)
    session = Gio.DBusNodeInfo.new_for_xml(SESSION).interfaces[0]
    bus.register_object(
        f"{PATH}/session/auto", session, None, lambda *_: GLib.Variant("s", "7"), None
    )
    loop = GLib.MainLoop()
    Gio.bus_own_name_on_connection(
        bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: _say_ready(), None
    )

    def obey(*_: object) -> bool:
        said = os.read(sys.stdin.fileno(), 4096).decode()
        for line in said.splitlines():
            _emit(bus, *line.split())
        if not said:
            loop.quit()
        return True

    either = GLib.IOCondition.IN | GLib.IOCondition.HUP
    GLib.io_add_watch(sys.stdin.fileno(), GLib.PRIORITY_DEFAULT, either, obey)
    loop.run()


def _emit(bus: Gio.DBusConnection, what: str, which: str) -> None:
    if what == "Lock":
        bus.emit_signal(None, f"{PATH}/session/{which}", f"{NAME}.Session", what, None)
    else:
        value = GLib.Variant("(b)", (which == "true",))
        bus.emit_signal(None, PATH, f"{NAME}.Manager", what, value)


def _say_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
