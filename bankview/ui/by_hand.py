"""What a person asks for of accounts that are kept by hand: the forms, and what is written then."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from bankview.domain.transaction import Transaction
from bankview.store import connections
from bankview.sync import by_hand
from bankview.ui import deeds
from bankview.ui.windows.by_hand import AccountForm, RowForm
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from bankview.domain.account import Account
    from bankview.sync.by_hand import Kept
    from bankview.sync.home import Home
    from bankview.ui.windows.viewer import Viewer
    from bankview.ui.worker import Worker


class ByHand:
    """Opens forms over a window; what is saved can be taken back."""

    def __init__(
        self, worker: Worker, home: Home, viewer: Viewer, failed: Callable[[Exception], None]
    ) -> None:
        self._worker, self._home, self._viewer, self._failed = worker, home, viewer, failed

    def act(self, what: str, which: object) -> None:
        """Do what is asked: of an account (an int), of a row, or of nothing yet."""
        if isinstance(which, Transaction):
            self._of_row(what, which)
        elif what == "keep":
            self._open_account(None)
        else:
            opened = self._open_account if what == "change" else self._open_row
            self._worker.run(partial(_kept, self._home, which), opened, self._failed)

    def _open_account(self, kept: Kept | None) -> None:
        form = AccountForm(self._today(), kept, self._viewer.window)
        form.made.connect(self._keep)
        form.open()

    def _keep(self, kept: Kept) -> None:
        name = tr("account {name}", name=kept[0].label)
        self._viewer.do(deeds.keep_account(kept, self._home.now()), name)
        if not kept[0].id:
            self._viewer.choose_once_there(kept[0].key)

    def _open_row(self, kept: Kept | None, row: Transaction | None = None) -> None:
        if kept is None:
            self._viewer.tell(tr("Choose an account in the list that you keep by hand."))
            return
        form = RowForm(kept[0], self._today(), row, self._viewer.window)
        form.written.connect(partial(self._write, kept[0]))
        form.open()

    def _write(self, own: Account, row: Transaction) -> None:
        deed = deeds.write_row(own.id, row.id or uuid4().hex, row, self._home.now())
        self._viewer.do(deed, tr("transaction {name}", name=row.description))

    def _of_row(self, what: str, row: Transaction) -> None:
        if what == "change":
            known = partial(_kept, self._home, row.account_id)
            self._worker.run(known, partial(self._open_row, row=row), self._failed)
        else:
            deed = deeds.write_row(row.account_id, row.id, None, self._home.now())
            self._viewer.do(deed, tr("transaction {name}", name=row.description))
            self._viewer.tell(tr("Deleted. Ctrl+Z brings it back."))

    def _today(self) -> date:
        return self._home.now().astimezone().date()


def _kept(home: Home, which: object) -> Kept | None:
    """Return the account that is asked for; where none is, the only one that is kept by hand."""
    with closing(home.database()) as db:
        every = [one.id for one in connections.accounts(db) if one.opened]
        only = every[0] if len(every) == 1 else 0
        return by_hand.account(db, next((own for own in every if own == which), only))
