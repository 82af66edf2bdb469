"""Applies the person's settings at once, and remembers them."""

from __future__ import annotations

from collections import deque
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from bankview.settings import changed, load, save
from bankview.ui import colours, tongue
from bankview.ui.style import Look

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from bankview.settings import Settings
    from bankview.ui.deeds import Deed
    from bankview.ui.guard import Guard
    from bankview.ui.windows.viewer import Viewer
    from bankview.ui.worker import Worker


class Choices(QObject):
    """`settings` are those that count now."""

    failed = Signal(object)
    #: A setting was chosen: the deed that, noted behind others, lets it be taken back.
    chosen = Signal(object)
    _turned = Signal(str, object)
    _themed = Signal(str)

    def __init__(self, path: Path, worker: Worker) -> None:
        super().__init__(worker)
        self._path, self._worker = path, worker
        self.settings: Settings = load(path)
        self.guard: Guard | None = None
        self._unkept: deque[tuple[str, Any]] = deque()
        self._hand = Lock()
        self._turned.connect(self._apply)

    def dress(self, qt: QApplication) -> None:
        """Let the app speak its language, and dress it in its theme and style."""
        tongue.speak(qt, self.settings.language)
        colours.dress(qt, self.settings.theme)
        look = Look()
        look.still = self.settings.reduce_motion
        qt.setStyle(look)

    def begin(self, viewer: Viewer) -> None:
        """Let the window begin as the person wants."""
        self._themed.connect(viewer.show_theme)
        self._themed.emit(self.settings.theme)
        if self.settings.hide_amounts:
            viewer.act["hide"].trigger()
        viewer.start_page = self.settings.start_page

    def set(self, name: str, value: Any) -> None:
        """Apply a setting, and remember it."""
        before = getattr(self.settings, name)
        if value != before:
            self._apply(name, value)
            self.chosen.emit(lambda _: partial(self._turn, name, value, before))

    def _turn(self, name: str, now: Any, wanted: Any, _: object) -> Deed:
        """Let a setting be another one; runs in a worker."""
        self._turned.emit(name, wanted)
        return partial(self._turn, name, wanted, now)

    def _apply(self, name: str, value: Any) -> None:
        self.settings = changed(self.settings, **{name: value})
        self._unkept.append((name, value))
        self._worker.run(self._keep, failed=self.failed.emit)
        if name == "theme":
            app = QApplication.instance()
            assert isinstance(app, QApplication)
            colours.dress(app, value)
            self._themed.emit(value)
        elif name == "reduce_motion":
            look = QApplication.style()
            if isinstance(look, Look):
                look.still = value
        elif name == "lock_after" and self.guard:
            self.guard.watch(value)

    def open(self, window: QWidget) -> None:
        """Open the dialog of all settings."""
        from bankview.ui.windows.preferences import Preferences  # noqa: PLC0415 - rarely needed

        guard = self.guard
        dialog = Preferences(
            self.settings,
            locks=bool(guard and guard.setting.is_on),
            can_lock=bool(guard and guard.setting.is_possible),
            parent=window,
        )
        dialog.changed.connect(self.set)
        if guard:
            setting = guard.setting

            def lock(wanted: bool) -> None:
                setting.turn_on(dialog) if wanted else setting.turn_off()

            dialog.lock_asked.connect(lock)
            link = setting.changed.connect(lambda on: dialog.show_lock(locks=on))
            dialog.finished.connect(lambda _: QObject.disconnect(link))
        dialog.open()

    def _keep(self) -> None:
        """Write down what was chosen last, one job after the other; runs in a worker."""
        with self._hand:
            chosen = dict(self._unkept.popleft() for _ in range(len(self._unkept)))
            if chosen:
                save(self._path, changed(load(self._path), **chosen))
