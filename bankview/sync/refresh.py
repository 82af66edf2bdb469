"""Fetch what is new: accounts, then each account's rows, staged, merged and moved into view as a whole."""

from __future__ import annotations

import logging
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from bankview.banks import Partial, Skipped
from bankview.domain.connection import State
from bankview.errors import (
    AccountLimitedError,
    BankUnavailableError,
    BankviewError,
    ClientRefusedError,
    OfflineError,
    RateLimitedError,
    SignInNeededError,
)
from bankview.file_lock import HeldError
from bankview.sentences import say
from bankview.store import backup, connections, diary, late, ledger, links
from bankview.sync import schedule
from bankview.sync.access import named
from bankview.sync.balances import compare, suspected_since
from bankview.sync.fetching import FOREIGN, WHOLE, Fetching
from bankview.sync.kept import access_ends
from bankview.sync.merge import account_identity, merge
from bankview.sync.session import open_session
from bankview.sync.sign_in import save_accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from bankview.domain.account import Account
    from bankview.domain.connection import Connection
    from bankview.domain.proof import Proof
    from bankview.store.database import Database
    from bankview.sync.home import Home
    from bankview.sync.session import Session

LOG = logging.getLogger(__name__)

T = TypeVar("T")

#: How far beyond its overlap a fetch reaches back for what is pending, or was left out: banks let holds go after a month or so.
HELD = timedelta(days=60)
#: What a bank's Retry-After is taken for where it does not say one, in seconds.
UNSAID_WAIT = 3600


@dataclass(frozen=True, slots=True)
class AccountReport:
    """What one account's fetch brought."""

    account_id: int
    label: str
    new: int = 0
    changed: int = 0
    pending: int = 0
    #: How many rows the bank sent, and how many booked ones were pending before.
    sent: int = 0
    settled: int = 0
    error: BankviewError | None = None
    #: Why rows could not be read, one reason a row; what the bank sent is kept.
    skipped: tuple[str, ...] = ()
    #: How rows and balance compare, None where they cannot be compared; whether a difference is news.
    proof: Proof | None = None
    currency: str = ""
    differs_now: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What one run brought. `error` stopped the whole connection; `partial` holds the codes of what a bank left out.

    `told` are sentences of it that people read instead, each once.
    """

    connection_id: str
    bank_name: str
    accounts: tuple[AccountReport, ...] = ()
    error: BankviewError | None = None
    partial: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

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
        connection = named(db, connection_id)
        if attended:
            home.secrets.again()
        elif not _may_run(home, db, connection_id):
            return Report(connection_id, connection.name)
        began = home.now()
        connections.record_call(db, connection_id, 0, connections.RUN, attended, began)
        report = _Run(home, connection_id, attended, tell, stop).report_of_all(connection.name)
        after = _after(connection, report, home.now())
        ends = access_ends(home, connection_id)
        connections.save_connection(db, replace(after, access_ends=ends))
        if isinstance(report.error, OfflineError):
            connections.forget_run(db, connection_id, began)
        diary.write(db, home.now(), _told(report, attended=attended))
        _back_up(home, db)
        return report


def _told(report: Report, *, attended: bool) -> Iterator[diary.Told]:
    """Yield what is written down of a run: a line an account, and one of what stopped it."""
    bank = (report.connection_id, report.bank_name)
    for one in report.accounts:
        counts = (one.sent, one.new, one.changed, one.settled)
        said = say(one.error, report.bank_name).title if one.error else ""
        yield diary.Told(*bank, one.label, attended, *counts, said)
    if report.error:
        said = say(report.error, report.bank_name).title
        yield diary.Told(*bank, "", attended, 0, 0, 0, 0, said)


def _back_up(home: Home, db: Database) -> None:
    """Make the day's copy, unless it is in memory, or another process is at it."""
    if home.paths.ledger.exists():
        with suppress(HeldError), home.lock("backup"):
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
    waits = [wait for error in errors if (wait := _wait(error)) is not None]
    not_before = now + timedelta(seconds=max(waits)) if waits else None
    failed = report.error or any(isinstance(error, OfflineError) for error in errors)
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
        last_success=connection.last_success if failed else now,
    )


def _wait(error: BankviewError | None) -> int | None:
    """Return for how many seconds an error asks us to stay away; None where it does not."""
    if isinstance(error, RateLimitedError):
        return UNSAID_WAIT if error.retry_after is None else error.retry_after
    return error.retry_after if isinstance(error, BankUnavailableError) else None


@dataclass(slots=True)
class _Run:
    """One fetch of one connection."""

    home: Home
    connection_id: str
    attended: bool
    tell: Callable[[AccountReport], None]
    stop: Callable[[], bool]
    partial: list[Partial] = field(default_factory=list)

    def report_of_all(self, bank_name: str) -> Report:
        """Fetch everything and return the report; the bank's failures are in it."""
        done: list[AccountReport] = []
        error: BankviewError | None = None
        try:
            with open_session(self.home, self.connection_id, attended=self.attended) as session:
                accounts = self._accounts(session)
                fetching = Fetching(session, self.home.now, self.stop, self.partial)
                since = {account.id: self._since(fetching, account) for account in accounts}
                staged = fetching.together([(account, since[account.id]) for account in accounts])
                for account in accounts:
                    first = since[account.id]
                    done.append(self._account(fetching, account, first, account.id in staged))
                    self.tell(done[-1])
        except FOREIGN as failure:
            error = failure
            LOG.warning("%s could not be fetched: %s", self.connection_id, failure)
        codes = tuple(item.code for item in self.partial if not item.said)
        told = tuple(dict.fromkeys(item.said for item in self.partial if item.said))
        return Report(self.connection_id, bank_name, tuple(done), error, codes, told)

    def _accounts(self, session: Session) -> tuple[Account, ...]:
        found = tuple(self._kept(session.bank.dialect.accounts(session.get)))
        return save_accounts(session.database, self.connection_id, found)

    def _account(
        self, fetching: Fetching, account: Account, since: date, staged: bool
    ) -> AccountReport:
        """Fetch one account unless its rows are staged; only what concerns the whole connection goes further up."""
        left_out = len(self.partial)
        try:
            skipped = [] if staged else fetching.alone(account, since)
            whole = not skipped and len(self.partial) == left_out
            sent, published = self._publish(fetching, account, since, skipped, whole=whole)
        except FOREIGN as error:
            if isinstance(error, WHOLE) and not isinstance(error, AccountLimitedError):
                raise
            LOG.warning("an account of %s could not be fetched: %s", self.connection_id, error)
            return AccountReport(account.id, account.label, error=error)
        now, zone = self.home.now(), ZoneInfo(fetching.session.bank.zone)
        proof, news = compare(fetching.session.database, account, now, zone)
        return AccountReport(
            account.id,
            account.label,
            published.new,
            published.changed,
            published.pending,
            sent + len(skipped),
            published.settled,
            skipped=tuple(row.why for row in skipped),
            proof=proof,
            currency=account.currency,
            differs_now=news,
        )

    def _publish(
        self,
        fetching: Fetching,
        account: Account,
        since: date,
        skipped: list[Skipped],
        *,
        whole: bool,
    ) -> tuple[int, ledger.Published]:
        """Merge what is staged and move it into view; return how many rows that were, and what came of them.

        `whole` says that the bank left nothing out.
        """
        session = fetching.session
        kept = [(row.why, row.raw) for row in skipped]
        ledger.keep_unreadable(session.database, account.id, kept, self.home.now())
        staged = ledger.staged(session.database, account.id)
        changes = merge(
            account_identity(session.bank.id, account),
            ledger.known(session.database, account.id, since),
            staged,
            links.memory(session.database, account.id, since),
            whole=whole,
            today=fetching.today(),
        )
        now, lacking = self.home.now(), None if whole else since
        published = ledger.publish(session.database, account, changes, now, lacking)
        # What a window left undone that was closed too soon.
        late.catch_up(session.database)
        return len(staged), published

    def _since(self, fetching: Fetching, account: Account) -> date:
        database = fetching.session.database
        since = fetching.since(account, suspected_since(database, account))
        # What is pending still must be in the answer, else it would count as gone; and what the bank left out once may
        # come now.
        held = links.oldest(database, account.id, since) or since
        oldest = min(held, account.lacking or since)
        return min(since, max(oldest, since - HELD))

    def _kept(self, found: Iterator[T | Partial]) -> Iterator[T]:
        """Pass values on; remember what the bank says it left out."""
        for item in found:
            if isinstance(item, Partial):
                self.partial.append(item)
            else:
                yield item
