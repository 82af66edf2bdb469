"""The dialogs that the window's menus open."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bankview.errors import WrongPassphraseError
from bankview.settings import Settings
from bankview.ui.models.transactions import MASK
from bankview.ui.windows.about import About
from bankview.ui.windows.by_hand import AccountForm, RowForm
from bankview.ui.windows.export import ExportDialog
from bankview.ui.windows.funds import Funds
from bankview.ui.windows.import_ import ImportDialog
from bankview.ui.windows.keys import NoKeychain, Passphrase
from bankview.ui.windows.preferences import Preferences
from bankview.ui.windows.recovery import EnterRecoveryKey, RecoveryKey
from tests.screenshots.household import NOW
from tests.screenshots.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QDialog, QWidget

    from tests.screenshots.stage import Stage

_STATEMENTS = Path(__file__).parents[1] / "files" / "statements"
_STATEMENT, _OTHER_STATEMENT = _STATEMENTS / "no-dnb.csv", _STATEMENTS / "no-camt02.xml"
_KEY = "7KQF-M2XD-9RTB-4WHN-C6PA-ZV3J-8YGE-5SUL"


def shown(make: Callable[[Stage], QDialog], stage: Stage) -> QWidget:
    """Open a dialog that is made for the picture."""
    made = make(stage)
    made.open()
    return made


def triggered(action: str, stage: Stage) -> QWidget:
    """Open the dialog of one of the window's commands."""
    stage.viewer.act[action].trigger()
    return stage.opened()


def asked(what: str, which: object, stage: Stage) -> QWidget:
    """Open the dialog of one of the sidebar's menus."""
    stage.affairs.act(what, which)
    return stage.opened()


def export(stage: Stage) -> QWidget:
    """Export what a search found."""
    stage.viewer.filters.search.setText("rema")
    stage.settle()
    made = ExportDialog(stage.home, stage.worker, stage.viewer.shown_now(), stage.window)
    made.open()
    return made


def bring_in(stage: Stage) -> QWidget:
    """Import a statement, after its question was answered."""
    made = ImportDialog(stage.home, stage.worker, _STATEMENT, stage.window)
    made.account.setCurrentIndex(1)
    made.look()
    made.open()
    stage.settle()
    return made


def bring_in_anyway(stage: Stage) -> QWidget:
    """Import a statement into an account that it is not of."""
    made = ImportDialog(stage.home, stage.worker, _OTHER_STATEMENT, stage.window)
    made.open()
    stage.settle()
    made.account.setCurrentIndex(1)
    made.look()
    stage.settle()
    return made


def keep_search(stage: Stage) -> QWidget:
    """Ask for a search's name."""
    stage.viewer.filters.search.setText("rema amount:>500")
    stage.settle()
    return triggered("keep", stage)


def wrong_passphrase(stage: Stage) -> QWidget:
    """A passphrase that does not open."""
    made = Passphrase(new=False, parent=stage.window)
    made.open()
    made.fail(WrongPassphraseError())
    return made


def settings(stage: Stage) -> QWidget:
    """All settings."""
    made = Preferences(Settings(), locks=False, can_lock=True, parent=stage.window)
    made.open()
    return made


def about_account(stage: Stage) -> QDialog:
    """What is known of an account, after the bank has answered."""
    balance = MASK if stage.viewer.masked else "48 213,67 NOK"
    known = (("Bank", "SpareBank 1 SMN"), ("Number", "4202 31 77045"), ("Balance", balance))
    return About("Brukskonto", known, stage.window)


def funds(stage: Stage) -> QDialog:
    """Whether an amount is covered."""
    account = stage.viewer.account(1)
    assert account
    return Funds(account, lambda _: True, stage.worker, stage.window)


def keep_account(stage: Stage) -> QDialog:
    """A new account that is kept by hand, with a balance that is none."""
    made = AccountForm(NOW.date(), parent=stage.window)
    made.name.setText("Kontanter")
    made.currency.setText("NOK")
    made.held.setText("mye")
    made.open()
    made._save()
    return made


def write_row(stage: Stage) -> QDialog:
    """A row of such an account."""
    account = stage.viewer.account(1)
    assert account
    return RowForm(account, NOW.date(), None, stage.window)


SCENES = (
    Scene("Export", "What a search found", export),
    Scene("Import", "A statement", bring_in),
    Scene("Import", "Of another account", bring_in_anyway),
    Scene("Settings", "Settings", settings),
    Scene("Rules", "Rules", partial(triggered, "rules")),
    Scene("Rules", "Suggestions", partial(triggered, "suggestions")),
    Scene("Stored", "What is stored where", partial(triggered, "stored")),
    Scene("Keyboard", "Shortcuts", partial(triggered, "keys")),
    Scene("Searches", "Name", keep_search),
    Scene("By hand", "New account", keep_account),
    Scene("By hand", "New transaction", partial(shown, write_row)),
    Scene("Accounts", "Details", partial(shown, about_account)),
    Scene("Accounts", "Covered", partial(shown, funds)),
    Scene("Accounts", "Rename", partial(asked, "rename", 1)),
    Scene("Accounts", "Disconnect", partial(asked, "disconnect", "sparebank1-smn")),
    Scene("Keys", "No keychain", partial(shown, lambda stage: NoKeychain(parent=stage.window))),
    Scene(
        "Keys", "New passphrase", partial(shown, lambda s: Passphrase(new=True, parent=s.window))
    ),
    Scene("Keys", "Wrong passphrase", wrong_passphrase),
    Scene("Keys", "Recovery key", partial(shown, lambda s: RecoveryKey(_KEY, s.window))),
    Scene("Keys", "Enter recovery key", partial(shown, lambda s: EnterRecoveryKey(s.window))),
)
