"""Gets a bank's rows into the staging table: new ones in one call, a first history in windows or pages that go on where they ended."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bankview.banks import Cursor, Partial, Skipped
from bankview.domain.transaction import Status
from bankview.errors import (
    BankError,
    BankRefusedError,
    ClientRefusedError,
    Interrupted,
    RateLimitedError,
    ServerError,
    SignInNeededError,
    UnsafeRequestError,
)
from bankview.store import ledger
from bankview.store.progress import Progress, drop_days, drop_unfinished, forget, progress, reach
from bankview.sync.window import Window, left, windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction
    from bankview.sync.session import Session

    Found = Iterator[Transaction | Partial | Skipped | Cursor]

LOG = logging.getLogger(__name__)

#: What a bank, its server or the network can do to a run; the rest is this computer's and goes up.
FOREIGN = (BankError, ServerError, SignInNeededError, UnsafeRequestError)
#: What concerns the whole connection.
WHOLE = (SignInNeededError, ClientRefusedError, RateLimitedError)
#: Rows that are committed to the staging table at a time.
BATCH = 1000
#: How long a bank's link to the next page is tried.
FRESH = timedelta(hours=1)


class _LeftOutError(Exception):
    """A call for several accounts came without something of one of them."""


@dataclass(slots=True)
class Fetching:
    """Stages rows over one session; what the bank says it left out is added to `partial`."""

    session: Session
    now: Callable[[], datetime]
    stop: Callable[[], bool]
    partial: list[Partial]
    #: Accounts of which an earlier run staged something.
    _resumed: set[int] = field(default_factory=set)

    def since(self, account: Account, proven_on: date | None = None) -> date:
        """Return the first day to ask for: whole history at first, then an overlap for what banks book late.

        Where the bank's balance says that a row is missing, the overlap begins at the last day that was proven.
        """
        bank, today = self.session.bank, self.today()
        whole = today - timedelta(days=bank.history_days)
        if account.last_success is None:
            return whole
        last = account.last_success.astimezone(ZoneInfo(bank.zone)).date()
        last = min(last, proven_on or last, today)
        return max(last - timedelta(days=bank.overlap_days), min(whole, last))

    def today(self) -> date:
        """Return the bank's day."""
        return self.now().astimezone(ZoneInfo(self.session.bank.zone)).date()

    def together(self, asked: Sequence[tuple[Account, date]]) -> set[int]:
        """Stage the rows of several accounts, one call for each window that they share; return whose are staged.

        What goes wrong, or is left out by the bank, is fetched account by account afterwards, so that one account's
        trouble is its own.
        """
        done: set[int] = set()
        if self.session.bank.dialect.together is None or len(asked) < 2:
            return done
        groups: dict[tuple[Window, ...], list[Account]] = defaultdict(list)
        for account, since in asked:
            groups[self._begun(account, since)].append(account)
        for todo, group in groups.items():
            if self._group(group, todo):
                done |= {account.id for account in group}
        return done

    def _group(self, group: list[Account], todo: tuple[Window, ...]) -> bool:
        try:
            for window in todo:
                self._window(group, window, [])
        except WHOLE:
            raise
        except FOREIGN as error:
            LOG.info("%s is fetched account by account: %s", self.session.connection.id, error)
            return False
        except _LeftOutError:
            LOG.info("%s left something out", self.session.connection.id)
            return False
        return True

    def alone(self, account: Account, since: date) -> list[Skipped]:
        """Stage one account's rows; return what cannot be read of them."""
        if account.last_success is None and self.session.bank.dialect.resumes:
            return self._pages(account, since)
        todo, db = self._begun(account, since), self.session.database
        told = ledger.unreadable(db, account.id) if account.id in self._resumed else ()
        skipped = [Skipped(why, raw) for why, raw in told]
        for window in todo:
            self._window([account], window, skipped)
            if len(todo) > 1:
                self._tell(account, skipped)
        return skipped

    def _tell(self, account: Account, skipped: Iterable[Skipped]) -> None:
        kept = [(row.why, row.raw) for row in skipped]
        ledger.keep_unreadable(self.session.database, account.id, kept, self.now())

    def _begun(self, account: Account, since: date) -> tuple[Window, ...]:
        """Return the windows that are still to be staged; what is staged of them by halves is dropped."""
        db, bank = self.session.database, self.session.bank
        before = progress(db, account.id)
        if account.last_success is not None or not bank.dialect.windows or before is None:
            forget(db, account.id)
            before = None
        drop_unfinished(db, account.id)
        if account.last_success is not None or not bank.dialect.windows:
            return (Window(since),)
        whole = windows(since, self.today())
        if before is None:
            return whole
        self._resumed.add(account.id)
        began = before.at.astimezone(ZoneInfo(bank.zone)).date()
        return left(whole, before.reached, began, bank.overlap_days)

    def _window(self, group: list[Account], window: Window, skipped: list[Skipped]) -> None:
        """Stage what a window holds, and remember that it is whole."""
        db, dialect = self.session.database, self.session.bank.dialect
        if self.stop():
            raise Interrupted
        for account in group:
            if account.id in self._resumed:
                drop_days(db, account.id, window.first, window.last)
        more: dict[str, Any] = {"until": window.last} if window.last else {}
        if len(group) > 1 and dialect.together:
            found: Found = dialect.together(self.session.get, group, window.first, **more)
        else:
            found = dialect.transactions(self.session.get, group[0], window.first, **more)
        self._stage(group, found, window, skipped)
        if dialect.windows:
            reach(db, {account.id: self._reached(account, window) for account in group})

    def _reached(self, account: Account, window: Window) -> Progress:
        before = progress(self.session.database, account.id) or Progress(self.now())
        return replace(before, reached=min(before.reached or window.first, window.first))

    def _pages(self, account: Account, since: date) -> list[Skipped]:
        """Stage a first history page by page, from where an earlier run ended."""
        db, skipped = self.session.database, list[Skipped]()
        before = progress(db, account.id)
        if before and self.now() - before.at < FRESH:
            drop_unfinished(db, account.id)
            skipped += [Skipped(why, raw) for why, raw in ledger.unreadable(db, account.id)]
            try:
                self._paged(account, since, before.cursor, skipped)
            except BankRefusedError as error:
                # A link of yesterday's session: the pages are read from the beginning.
                LOG.info("%s is read from its first page: %s", self.session.connection.id, error)
            else:
                return skipped
        forget(db, account.id)
        skipped.clear()
        self._paged(account, since, "", skipped)
        return skipped

    def _paged(self, account: Account, since: date, resume: str, skipped: list[Skipped]) -> None:
        rows = self.session.bank.dialect.transactions(
            self.session.get, account, since, resume=resume
        )
        # A row that is booked between two pages moves the others: the next page begins with it again.
        before = ledger.staged(self.session.database, account.id) if resume else ()
        there = {row.but(account_key=account.key, account_id=0) for row in before}
        fresh = (row for row in rows if row not in there or not _named(row))
        self._stage([account], fresh, Window(since), skipped)

    def _stage(
        self, group: list[Account], rows: Found, window: Window, skipped: list[Skipped]
    ) -> None:
        """Commit the rows of a call batch by batch, each under its account; a cursor ends a batch and is kept."""
        db, ids = self.session.database, {account.key: account.id for account in group}
        for batch, cursor in _batches(self._kept(rows, alone=len(group) == 1)):
            if self.stop():
                raise Interrupted
            mine: dict[int, list[Transaction]] = defaultdict(list)
            for row in _readable(batch, skipped, alone=len(group) == 1):
                # A bank may send more than was asked for; half a day of twins would be counted wrong. What is pending
                # counts all, once.
                if window.holds(row.booked_on) or (window.last is None and _is_pending(row)):
                    mine[ids[row.account_key]].append(row)
            ledger.stage(db, mine)
            if cursor:
                self._tell(group[0], skipped)
                reach(db, {group[0].id: Progress(self.now(), cursor=cursor.text)})

    def _kept(self, found: Found, *, alone: bool) -> Iterator[Transaction | Skipped | Cursor]:
        """Pass rows on; remember what the bank says it left out."""
        for item in found:
            if not isinstance(item, Partial):
                yield item
            elif alone:
                self.partial.append(item)
            else:
                raise _LeftOutError


def _batches(
    found: Iterable[Transaction | Skipped | Cursor],
) -> Iterator[tuple[list[Transaction | Skipped], Cursor | None]]:
    batch: list[Transaction | Skipped] = []
    for item in found:
        if isinstance(item, Cursor):
            yield batch, item
            batch = []
            continue
        batch.append(item)
        if len(batch) == BATCH:
            yield batch, None
            batch = []
    if batch:
        yield batch, None


def _readable(
    batch: Sequence[Transaction | Skipped], skipped: list[Skipped], *, alone: bool
) -> Iterator[Transaction]:
    """Yield the rows of a batch, and add to `skipped` what is none; of several accounts, whose it is is not known."""
    for row in batch:
        if not isinstance(row, Skipped):
            yield row
        elif alone:
            skipped.append(row)
        else:
            raise _LeftOutError


def _is_pending(row: Transaction) -> bool:
    return row.status is Status.PENDING


def _named(row: Any) -> bool:
    """Return whether a row has the bank's own id: without one, an equal row may be a twin."""
    return bool(getattr(row, "bank_id", "").strip("0- \t"))
