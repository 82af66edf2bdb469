"""What a person does with banks and accounts: connect, sign in again, disconnect, rename, hide, move."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QMessageBox

from bankview.domain.connection import State
from bankview.errors import UsageError
from bankview.ui.models.transactions import MASK
from bankview.words import long_day_text, money_text, time_text, tr

if TYPE_CHECKING:
    from datetime import datetime

    from bankview.domain.account import Account
    from bankview.domain.connection import Connection
    from bankview.sync.disconnect import Disconnected
    from bankview.sync.home import Home
    from bankview.ui.by_hand import ByHand
    from bankview.ui.windows.connect import ConnectDialog
    from bankview.ui.windows.viewer import Viewer
    from bankview.ui.worker import Worker


class Affairs(QObject):
    """`connected` carries a connection's id, `changed` says that the ledger did, `said` a sentence for the person."""

    connected = Signal(str)
    changed = Signal()
    said = Signal(str)
    failed = Signal(object)
    demo_asked = Signal()

    def __init__(self, worker: Worker, home: Home, viewer: Viewer) -> None:
        super().__init__(viewer)
        self._worker, self._home = worker, home
        self._viewer, self._window = viewer, viewer.window

    def connect_bank(self) -> None:
        """Open the dialog that connects a bank."""
        self._dialog().open()

    def take_file(self, profile: Path) -> None:
        """Open it with a profile that the person has."""
        dialog = self._dialog()
        dialog.open()
        dialog.take_file(profile)

    def sign_in_again(self, connection_id: str) -> None:
        """Renew a connection in place."""
        self._worker.run(
            partial(_connection, self._home, connection_id), self._renew, self.failed.emit
        )

    def connect_again(self, connection_id: str) -> None:
        """Open the dialog at the page that asks what a connected bank needs, for other files than before."""
        self._worker.run(
            partial(_connection, self._home, connection_id), self._again, self.failed.emit
        )

    def _again(self, connection: Connection) -> None:
        dialog = self._dialog()
        dialog.open()
        dialog.choose(self._home.bank(connection.bank_id))

    def _renew(self, connection: Connection) -> None:
        dialog = self._dialog()
        dialog.open()
        dialog.renew(self._home.bank(connection.bank_id), connection.id)

    def _dialog(self) -> ConnectDialog:
        from bankview.banks import broken_profiles  # noqa: PLC0415 - the window is painted first
        from bankview.ui.sign_in import SignIn  # noqa: PLC0415 - the window is painted first
        from bankview.ui.windows.connect import (  # noqa: PLC0415 - the window is painted first
            ConnectDialog,
            Offer,
        )

        home = self._home
        offer = Offer(
            home.banks(),
            broken_profiles(home.paths.banks),
            home.adopt,
            home.secrets.label,
            frozenset(one.bank_id for one in self._viewer.connections),
        )
        dialog = ConnectDialog(offer, SignIn(home, self._worker, parent=self), self._window)
        dialog.connected.connect(self.connected)
        dialog.demo_asked.connect(self.demo_asked)
        dialog.by_hand_asked.connect(lambda: self._by_hand.act("keep", None))
        dialog.finished.connect(self._on_finished)
        return dialog

    def _on_finished(self) -> None:
        self.changed.emit()
        self.offer_recovery_key()

    def offer_recovery_key(self) -> None:
        """Show the key once there is something worth recovering; until it is kept, after each new bank."""
        if self._home.fresh_recovery_key:
            self._worker.run(partial(_any_connection, self._home), self._open_recovery_key)

    def _open_recovery_key(self, worth_it: bool) -> None:
        if not worth_it:
            return
        from bankview.ui.windows.recovery import RecoveryKey  # noqa: PLC0415 - rarely needed

        dialog = RecoveryKey(self._home.fresh_recovery_key, self._window)
        dialog.kept.connect(lambda: self._worker.run(self._home.recovery_key_kept))
        dialog.open()

    def save_answer(self, body: bytes, name: str) -> None:
        """Ask where an answer of the explorer goes, and save it there."""
        path, _ = QFileDialog.getSaveFileName(self._window, tr("Save the answer"), name)
        if path:
            said = tr("Saved to {name}.", name=path)
            self._worker.run(
                partial(_save, body, path), lambda _: self.said.emit(said), self.failed.emit
            )

    def act(self, what: str, which: object) -> None:
        """Do what the sidebar's menu asks for: of an account (an int) or of a bank (its connection's id)."""
        if what in {"about", "funds"}:
            job = partial(_known, self._home, which, masked=self._viewer.masked)
            self._worker.run(job, partial(self._open, what), self.failed.emit)
        elif what in {"keep", "change", "row", "delete"}:
            self._by_hand.act(what, which)
        elif isinstance(which, int):
            self._account(what, which)
        elif what == "sign_in":
            self.sign_in_again(str(which))
        elif what == "capture":
            self._capture(str(which))
        elif what == "disconnect":
            portal = partial(_portal, self._home, str(which))
            self._worker.run(portal, partial(self._disconnect, str(which)), self.failed.emit)

    def _capture(self, connection_id: str) -> None:
        from bankview.sync.capture import capture  # noqa: PLC0415 - rarely needed

        self.said.emit(tr("Asking the bank…"))
        done = partial(self.save_answer, name=f"{connection_id}.json")
        self._worker.run(partial(capture, self._home, connection_id), done, self.failed.emit)

    def _open(self, what: str, known: Known) -> None:
        from bankview.sync import ask  # noqa: PLC0415 - the window is painted first
        from bankview.ui.windows.about import About  # noqa: PLC0415 - rarely needed
        from bankview.ui.windows.funds import Funds  # noqa: PLC0415 - rarely needed

        account = known.account
        if what == "funds" and account:
            question = partial(ask.is_covered, self._home, account.id)
            Funds(account, question, self._worker, self._window).open()
            return
        masked = self._viewer.masked
        dialog = About(known.title, known.told, self._window, masked=masked)
        dialog.open()
        if account and known.has_more:
            dialog.ask(self._worker, partial(ask.about_account, self._home, account.id))
        elif known.has_more:
            dialog.ask(self._worker, partial(ask.about_person, self._home, known.connection.id))

    def _account(self, what: str, account_id: int) -> None:
        from bankview.ui import deeds  # noqa: PLC0415 - the window is painted first

        account = self._viewer.account(account_id)
        if account is None:
            return
        name = tr("account {name}", name=account.label)
        if what == "rename":
            self._rename(account, name)
        elif what in {"hide", "show"}:
            self._viewer.do(deeds.hide_account(account_id, hidden=what == "hide"), name)
        else:
            self._viewer.do(deeds.move_account(account_id, -1 if what == "up" else 1), name)

    @cached_property
    def _by_hand(self) -> ByHand:
        from bankview.ui.by_hand import ByHand  # noqa: PLC0415 - rarely needed

        return ByHand(self._worker, self._home, self._viewer, self.failed.emit)

    def _rename(self, account: Account, name: str) -> None:
        from bankview.ui import deeds  # noqa: PLC0415 - the window is painted first
        from bankview.ui.windows.naming import Naming  # noqa: PLC0415 - rarely needed

        label = tr("Name (empty: the bank's own)")
        dialog = Naming(tr("Rename account"), label, account.own_name, self._window)
        dialog.named.connect(
            lambda said: self._viewer.do(deeds.rename_account(account.id, said), name)
        )
        dialog.open()

    def _disconnect(self, connection_id: str, portal: str) -> None:
        """Ask, then end access at the bank; the rows stay unless the person ticks that they go too."""
        box = QMessageBox(self._window)
        box.setObjectName("disconnect-dialog")
        box.setWindowTitle(tr("Disconnect"))
        known = {one.id: one.name for one in self._viewer.connections}
        box.setText(tr("Disconnect {bank}?", bank=known.get(connection_id, connection_id)))
        words = tr("Access ends at the bank. The rows stay here.")
        lost = tr("Is another computer lost? End its access on the bank's own pages.")
        where = f" <a href='{portal}'>{portal}</a>" if portal else ""
        box.setTextFormat(Qt.TextFormat.RichText)
        box.setInformativeText(f"{words}<br><br>{lost}{where}")
        forget = QCheckBox(tr("Forget its accounts and rows too"))
        forget.setObjectName("forget")
        box.setCheckBox(forget)
        yes = box.addButton(tr("Disconnect"), QMessageBox.ButtonRole.AcceptRole)
        yes.setObjectName("disconnect")
        box.setDefaultButton(box.addButton(tr("Keep"), QMessageBox.ButtonRole.RejectRole))

        def ended() -> None:
            if box.clickedButton() is yes:
                job = partial(_end, self._home, connection_id, forget=forget.isChecked())
                self._worker.run(job, self._on_disconnected, self.failed.emit)

        box.finished.connect(ended)
        box.open()

    def _on_disconnected(self, ended: Disconnected) -> None:
        self.changed.emit()
        if ended.confirmed:
            self.said.emit(tr("Disconnected. The bank confirmed that access has ended."))
        else:
            self.said.emit(
                tr("Disconnected here. The bank did not confirm; end access in its portal too.")
            )


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an account or a connection before the bank is asked; `has_more` says whether it can be."""

    title: str
    told: tuple[tuple[str, str], ...]
    connection: Connection
    account: Account | None
    has_more: bool


def _known(home: Home, which: object, *, masked: bool = False) -> Known:
    from bankview.store import connections  # noqa: PLC0415 - the window is painted first

    with closing(home.database()) as db:
        account = next((one for one in connections.accounts(db) if one.id == which), None)
        connection = connections.connection(db, account.connection_id if account else str(which))
    if connection is None:
        raise UsageError(tr("This bank is no longer here."))
    files = connection.state is State.FILES
    dialect = None if files else home.bank(connection.bank_id).dialect
    live = connection.is_fetched
    if account:
        money = (account.balance, account.available)
        texts = (money_text(one) if one else "" for one in money)
        balance, available = (MASK if one and masked else one for one in texts)
        told: tuple[tuple[str, str], ...] = (
            (tr("Bank"), connection.name),
            (tr("Bank's name of it"), account.name),
            (tr("Number"), account.number),
            (tr("IBAN"), account.iban),
            (tr("Owner"), account.owner),
            (tr("Balance"), balance),
            (tr("Available"), available),
        )
        return Known(
            account.label, told, connection, account, live and bool(dialect and dialect.about)
        )
    ends, last = connection.consent_ends, connection.last_success
    told = (
        (tr("Access ends"), long_day_text(ends.astimezone().date()) if ends else ""),
        (tr("Last updated"), time_text(last, now=home.now()) if last else ""),
        (tr("Connected since"), _day(connection.created_at)),
    )
    return Known(connection.name, told, connection, None, live and _asks(home, connection))


def _asks(home: Home, connection: Connection) -> bool:
    """Say whether the bank can be asked more than its rows."""
    bank = home.bank(connection.bank_id)
    dialect = bank.dialect
    return bool(dialect.person or dialect.check or "openid" in bank.client.scope.split())


def _day(instant: datetime | None) -> str:
    return long_day_text(instant.astimezone().date()) if instant else ""


def _connection(home: Home, connection_id: str) -> Connection | None:
    from bankview.store.connections import connection  # noqa: PLC0415 - the window is painted first

    with closing(home.database()) as db:
        return connection(db, connection_id)


def _any_connection(home: Home) -> bool:
    from bankview.store.connections import connections  # noqa: PLC0415 - the window is painted first

    with closing(home.database()) as db:
        return bool(connections(db))


def _portal(home: Home, connection_id: str) -> str:
    """Return where a person manages what may read their accounts; nothing where nobody knows."""
    connection = _connection(home, connection_id)
    return home.bank(connection.bank_id).portal if connection else ""


def _end(home: Home, connection_id: str, *, forget: bool) -> Disconnected:
    from bankview.sync.disconnect import disconnect  # noqa: PLC0415 - the window is painted first

    return disconnect(home, connection_id, forget=forget)


def _save(body: bytes, path: str) -> None:
    from bankview.export.file import save  # noqa: PLC0415 - rarely needed

    save(Path(path), lambda out: out.write(body))
