"""How a home is opened from the window: the keychain in the worker, a dialog where it needs the person."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from bankview.errors import (
    KeychainLossError,
    KeychainMissingError,
    LedgerKeyError,
    WrongPassphraseError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from bankview.paths import Paths
    from bankview.sync.home import Home
    from bankview.ui.windows.keys import KeyDialog
    from bankview.ui.worker import Worker


class Door(QObject):
    """Opens a home. `opened` carries it, `shut` the error that keeps it closed; `open` may be called again."""

    opened = Signal(object)
    shut = Signal(object)

    def __init__(self, worker: Worker, paths: Paths, place: str | None, window: QWidget) -> None:
        super().__init__(window)
        self._worker, self._paths, self._place, self._window = worker, paths, place, window
        self._passphrase = os.environ.get("BANKVIEW_PASSPHRASE")
        self._asked = False

    def open(self) -> None:
        """Open the home in the worker."""
        self._worker.run(self._home, self.opened.emit, self._on_shut, key="home")

    def _home(self) -> Home:
        from bankview.sync.home import Home  # noqa: PLC0415 - the frame is painted before this is imported

        home = Home.open(self._paths, self._place, passphrase=lambda: self._passphrase)
        if home.leaving:
            from bankview.sync.moving import finish  # noqa: PLC0415 - rarely needed

            finish(home)
        # It is held by the home alone, which forgets it when it is locked.
        self._passphrase = None
        return home

    def _on_shut(self, error: Exception) -> None:
        """Show a dialog once by itself; after that the notice's button brings it."""
        self.shut.emit(error)
        if not self._asked:
            self._asked = True
            self.help(error, unasked=True)

    def help(self, error: Exception, *, unasked: bool = False) -> None:
        """Show the dialog that helps over an error; try again where none does."""
        if isinstance(error, KeychainMissingError):
            self._choose_place(error)
        elif isinstance(error, WrongPassphraseError):
            self._ask_passphrase(error)
        elif isinstance(error, (LedgerKeyError, KeychainLossError)):
            self._ask_recovery_key()
        elif not unasked:
            self.open()

    def _choose_place(self, error: KeychainMissingError) -> None:
        from bankview.ui.windows.keys import NoKeychain  # noqa: PLC0415 - rarely needed

        dialog = NoKeychain(error.why, self._window)

        def chosen(place: str) -> None:
            self._place = place or self._place
            if place == "passphrase" and not self._passphrase:
                self._ask_passphrase(None)
            else:
                self.open()

        dialog.chosen.connect(chosen)
        dialog.open()

    def _ask_passphrase(self, error: Exception | None) -> None:
        from bankview.ui.windows.keys import Passphrase  # noqa: PLC0415 - rarely needed

        dialog = Passphrase(new=not self._paths.vault.exists(), parent=self._window)
        if error and self._passphrase:
            dialog.fail(error)

        def entered(text: str) -> None:
            self._passphrase, self._place = text, "passphrase"
            self._try(self._home, dialog)

        dialog.entered.connect(entered)
        dialog.open()

    def _ask_recovery_key(self) -> None:
        from bankview.ui.windows.recovery import EnterRecoveryKey  # noqa: PLC0415 - rarely needed

        dialog = EnterRecoveryKey(self._window)
        dialog.entered.connect(lambda key: self._try(partial(self._recover, key), dialog))
        dialog.open()

    def _recover(self, recovery_key: str) -> Home:
        from bankview.sync.home import Home  # noqa: PLC0415 - rarely needed

        passphrase = self._passphrase
        return Home.recover(self._paths, recovery_key, self._place, passphrase=lambda: passphrase)

    def _try(self, function: Callable[[], Home], dialog: KeyDialog) -> None:
        """Run what the dialog asked for; it stays open and says what is wrong until it works."""

        def done(home: Home) -> None:
            dialog.accept()
            self.opened.emit(home)

        self._worker.run(function, done, dialog.fail, key="home")
