"""Turns the lock on and off: the secrets move into the vault under a passphrase, or back to the system's keychain."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from bankview.sync.home import Home
    from bankview.ui.worker import Worker


class LockSetting(QObject):
    """`changed` carries whether the lock is on now; `said` a sentence for the person."""

    changed = Signal(bool)
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, worker: Worker, home: Home, parent: QObject) -> None:
        super().__init__(parent)
        self._worker, self._home = worker, home

    @property
    def is_on(self) -> bool:
        """Whether a passphrase guards the secrets."""
        return self._home.secrets.place == "passphrase"

    @property
    def is_possible(self) -> bool:
        """Whether there is something to guard: secrets in memory are gone with the app."""
        return self._home.secrets.place != "memory"

    def turn_on(self, window: QWidget) -> None:
        """Ask for a new passphrase, and move the secrets under it; the dialog says what is wrong until they are."""
        from bankview.ui.windows.keys import Passphrase  # noqa: PLC0415 - rarely needed

        if not self.is_possible:
            self.said.emit(tr("Nothing is kept here, so that there is nothing to lock."))
            return
        dialog = Passphrase(new=True, parent=window)

        def entered(passphrase: str) -> None:
            self._move("passphrase", passphrase, dialog.accept, dialog.fail)

        dialog.entered.connect(entered)
        dialog.finished.connect(lambda _: self.changed.emit(self.is_on))
        dialog.open()

    def turn_off(self) -> None:
        """Move the secrets back to the system's keychain."""
        self._move("keychain", "", lambda: None, self.failed.emit)

    def _move(
        self,
        place: str,
        passphrase: str,
        done: Callable[[], object],
        failed: Callable[[Exception], object],
    ) -> None:
        def moved(_: object) -> None:
            done()
            self.changed.emit(self.is_on)

        def stayed(error: Exception) -> None:
            failed(error)
            self.changed.emit(self.is_on)

        self._worker.run(partial(_move, self._home, place, passphrase), moved, stayed, "moving")


def _move(home: Home, place: str, passphrase: str) -> None:
    from bankview.sync.moving import move  # noqa: PLC0415 - rarely needed

    move(home, place, passphrase)
