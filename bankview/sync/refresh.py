"""Fetch what is new: accounts, then each account's rows, staged, merged and moved into view as a whole."""

from __future__ import annotations

import logging
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from filelock import Timeout

from bankview.banks import Partial, Skipped
from bankview.domain.connection import State
from bankview.domain.transaction import Status
from bankview.errors import (
    BankError,
    BankviewError,
    ClientRefusedError,
    Interrupted,
    RateLimitedError,
    ServerError,
    SignInNeededError,
    UnsafeRequestError,
    UsageError,
)
from bankview.store import backup, connections, ledger, links
from bankview.sync import schedule
from bankview.sync.merge import account_identity, merge
from bankview.sync.session import access_ends, open_session
from bankview.sync.sign_in import save_accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from bankview.domain.account import Account
    from bankview.domain.connection import Connection
    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database
    from bankview.sync.home import Home
    from bankview.sync.session import Session

LOG = logging.getLogger(__name__)

T = TypeVar("T")

#: What a bank, its server or the network can do to a run; the rest is this computer's and goes up.
_FOREIGN = (BankError, ServerError, SignInNeededError, UnsafeRequestError)
#: Rows that are committed to the staging table at a time.
BATCH = 1000
#: How far beyond its overlap a fetch reaches back for what is pending: banks let holds go after a month or so.
HELD = timedelta(days=60)
#: What a bank's Retry-After is taken for where it does not say one, in seconds.
UNSAID_WAIT = 3600


class _LeftOutError(Exception):
    """A call for several accounts came without something of one of them."""


@dataclass(frozen=True, slots=True)
class AccountReport:
    """What one account's fetch brought."""

    account_id: int
    label: str
    new: int = 0
    changed: int = 0
    pending: int = 0
    error: BankviewError | None = None
    #: Why rows could not be read, one reason a row; what the bank sent is kept.
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What one run brought. `error` stopped the whole connection; `partial` holds the codes of what a bank left out."""

    connection_id: str
    bank_name: str
    accounts: tuple[AccountReport, ...] = ()
    error: BankviewError | None = None
    partial: tuple[str, ...] = ()

    @property
    def new(self) -> int:
        """How many rows are new, over all accounts."""
        return sum(account.new for account in self.accounts)

    @property
    def skipped(self) -> tuple[str, ...]:
        """Why rows could not be read, over all accounts."""
        return tuple(why for account in self.accounts for why in account.skipped)


def refresh(
    home: Home,
    connection_id: str,
    *,
    attended: bool = True,
    tell: Callable[[AccountReport], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Report:
    """Fetch a connection now and return what came; what goes wrong at the bank is in the report, not raised.

    Args:
        home: the open home.
        connection_id: which connection.
        attended: a person asked for it; an unattended run first asks `due` and may fetch nothing.
        tell: called after each account.
        stop: asked between pages; when true the run ends with Interrupted, and what was in view stays.

    Raises:
        UsageError: there is no such connection.
        StoreError, KeychainError: this computer, not the bank, is in the way.
    """
    with closing(home.database()) as db:
        connection = connections.connection(db, connection_id)
        if connection is None:
            raise UsageError(
                f"No connection is called {connection_id}. `bankview connections` lists them."
            )
        if attended:
            home.secrets.again()
        elif not _may_run(home, db, connection_id):
            return Report(connection_id, connection.name)
        connections.record_call(db, connection_id, 0, connections.RUN, attended, home.now())
        report = _Run(home, connection_id, attended, tell, stop).report_of_all(connection.name)
        after = _after(connection, report, home.now())
        ends = access_ends(home, connection_id)
        connections.save_connection(db, replace(after, access_ends=ends))
        _back_up(home, db)
        return report


def _back_up(home: Home, db: Database) -> None:
    """Make the day's copy, unless it is in memory, or another process is at it."""
    if home.paths.ledger.exists():
        with suppress(Timeout), home.lock("backup"):
            backup.back_up(db, home.paths.backups, home.now().date())


def _may_run(home: Home, db: Database, connection_id: str) -> bool:
    return any(
        item.connection_id == connection_id and item.at is not None and item.at <= home.now()
        for item in schedule.upcoming(home, db)
    )


def _after(connection: Connection, report: Report, now: datetime) -> Connection:
    """Return the connection as this run leaves it: never barred from the next attempt by a failure."""
    errors = [report.error, *(account.error for account in report.accounts)]
    problem = next((type(error).__name__ for error in errors if error), "")
    wait = next((error for error in errors if isinstance(error, RateLimitedError)), None)
    not_before = now + timedelta(seconds=wait.retry_after or UNSAID_WAIT) if wait else None
    signed_out = isinstance(report.error, (SignInNeededError, ClientRefusedError))
    state = connection.state
    if connection.state is not State.DISCONNECTED:
        state = State.SIGN_IN if signed_out else State.OK if not report.error else connection.state
    return replace(
        connection,
        state=state,
        problem=problem,
        not_before=not_before,
        last_attempt=now,
        last_success=connection.last_success if report.error else now,
    )


@dataclass(slots=True)
class _Run:
    """One fetch of one connection."""

    home: Home
    connection_id: str
    attended: bool
    tell: Callable[[AccountReport], None]
    stop: Callable[[], bool]
    partial: list[str] = field(default_factory=list)

    def report_of_all(self, bank_name: str) -> Report:
        """Fetch everything and return the report; the bank's failures are in it."""
        done: list[AccountReport] = []
        error: BankviewError | None = None
        try:
            with open_session(self.home, self.connection_id, attended=self.attended) as session:
                accounts = self._accounts(session)
                staged = self._together(session, accounts)
                for account in accounts:
                    done.append(self._account(session, account, staged.get(account.id)))
                    self.tell(done[-1])
        except _FOREIGN as failure:
            error = failure
            LOG.warning("%s could not be fetched: %s", self.connection_id, failure)
        return Report(self.connection_id, bank_name, tuple(done), error, tuple(self.partial))

    def _accounts(self, session: Session) -> tuple[Account, ...]:
        found = tuple(self._kept(session.bank.dialect.accounts(session.get)))
        return save_accounts(session.database, self.connection_id, found)

    def _together(self, session: Session, accounts: tuple[Account, ...]) -> dict[int, date]:
        """Stage the rows of several accounts with one call for each first day; return what was staged from when.

        What goes wrong, or is left out by the bank, is fetched account by account afterwards, so that one account's
        trouble is its own.
        """
        fetch = session.bank.dialect.together
        staged: dict[int, date] = {}
        if fetch is None or len(accounts) < 2:
            return staged
        groups: dict[date, list[Account]] = {}
        for account in accounts:
            groups.setdefault(self._since(session, account), []).append(account)
        for since, group in groups.items():
            try:
                self._stage(session, group, fetch(session.get, group, since), since)
            except (SignInNeededError, ClientRefusedError, RateLimitedError):
                raise
            except _FOREIGN as error:
                LOG.info("%s is fetched account by account: %s", self.connection_id, error)
            except _LeftOutError:
                LOG.info("%s left something out", self.connection_id)
            else:
                staged |= {account.id: since for account in group}
        return staged

    def _stage(
        self,
        session: Session,
        group: list[Account],
        rows: Iterator[Transaction | Partial | Skipped] | Iterator[Transaction | Skipped],
        since: date,
    ) -> list[Skipped]:
        """Commit the rows of a call to the staging table, each under its account; return what cannot be read."""
        skipped: list[Skipped] = []
        ids = {account.key: account.id for account in group}
        for own in ids.values():
            ledger.unstage(session.database, own)
        while batch := list(islice(rows, BATCH)):
            if self.stop():
                raise Interrupted
            mine: dict[int, list[Transaction]] = {}
            for row in _readable(batch, skipped, alone=len(group) == 1):
                if _in_window(row, since):
                    mine.setdefault(ids[row.account_key], []).append(row)
            for own, found in mine.items():
                ledger.stage(session.database, own, found)
        return skipped

    def _account(self, session: Session, account: Account, staged: date | None) -> AccountReport:
        """Fetch one account unless its rows are staged; only what concerns the whole connection goes further up."""
        try:
            published, skipped = self._fetch(session, account, staged)
        except (SignInNeededError, ClientRefusedError, RateLimitedError):
            raise
        except _FOREIGN as error:
            LOG.warning("an account of %s could not be fetched: %s", self.connection_id, error)
            return AccountReport(account.id, account.label, error=error)
        return AccountReport(
            account.id,
            account.label,
            published.new,
            published.changed,
            published.pending,
            skipped=tuple(row.why for row in skipped),
        )

    def _fetch(
        self, session: Session, account: Account, staged: date | None
    ) -> tuple[ledger.Published, list[Skipped]]:
        since = staged or self._since(session, account)
        skipped: list[Skipped] = []
        left_out = len(self.partial)
        if staged is None:
            found = session.bank.dialect.transactions(session.get, account, since)
            rows: Iterator[Transaction | Skipped] = self._kept(found)
            skipped = self._stage(session, [account], rows, since)
        kept = [(row.why, row.raw) for row in skipped]
        ledger.keep_unreadable(session.database, account.id, kept, self.home.now())
        identity = account_identity(session.bank.id, account)
        changes = merge(
            identity,
            ledger.known(session.database, account.id, since),
            ledger.staged(session.database, account.id),
            links.memory(session.database, account.id, since),
            whole=not skipped and len(self.partial) == left_out,
        )
        return ledger.publish(session.database, account, changes, self.home.now()), skipped

    def _since(self, session: Session, account: Account) -> date:
        """Return the first day to ask for: whole history at first, then an overlap for what banks book late."""
        bank = session.bank
        today = self.home.now().astimezone(ZoneInfo(bank.zone)).date()
        if account.last_success is None:
            return today - timedelta(days=bank.history_days)
        last = account.last_success.astimezone(ZoneInfo(bank.zone)).date()
        since = min(last, today) - timedelta(days=bank.overlap_days)
        # What is pending still must be in the answer, else it would count as gone; a bank may have left it out once.
        held = links.oldest(session.database, account.id, since) or since
        return min(since, max(held, since - HELD))

    def _kept(self, found: Iterator[T | Partial]) -> Iterator[T]:
        """Pass values on; remember what the bank says it left out."""
        for item in found:
            if isinstance(item, Partial):
                self.partial.append(item.code)
            else:
                yield item


def _readable(
    batch: Sequence[Transaction | Partial | Skipped], skipped: list[Skipped], *, alone: bool
) -> Iterator[Transaction]:
    """Yield the rows of a batch, and add to `skipped` what is none; of several accounts, whose it is is not known."""
    for row in batch:
        if isinstance(row, Skipped) and alone:
            skipped.append(row)
        elif isinstance(row, (Partial, Skipped)):
            raise _LeftOutError
        else:
            yield row


def _in_window(row: Transaction, since: date) -> bool:
    """A bank may send more than was asked for; half a day of twins would be counted wrong. What is pending counts all."""
    return row.booked_on >= since or row.status is Status.PENDING
