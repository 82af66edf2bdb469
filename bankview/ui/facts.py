"""What the window shows of the ledger besides rows, and the sentences that say it; no widget here."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from bankview.domain.connection import State
from bankview.domain.money import Money
from bankview.store import connections, payee, proofs, saved, suggestions, view, words
from bankview.ui.models.transactions import MASK
from bankview.ui.widgets.header import Fact, Head
from bankview.words import amount_text, difference_text, next_run_text, time_text, tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bankview.domain.account import Account
    from bankview.domain.connection import Connection
    from bankview.domain.proof import Proof
    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database
    from bankview.store.payee import Year
    from bankview.store.saved import Saved
    from bankview.store.suggestions import Suggestion
    from bankview.sync.home import Home
    from bankview.sync.schedule import Upcoming

#: Days of the header's line.
SPARK_DAYS = 90


@dataclass(frozen=True, slots=True)
class Question:
    """Which rows, in which order; `down` begins with the highest."""

    filter: view.Filter
    order: view.Order
    down: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What a worker read of the ledger for the window.

    `first` is the first page. Until the facts are `whole`, `fences` holds no sums, and of a filtered view it counts
    the first page alone; its keys come last.
    """

    connections: tuple[Connection, ...]
    accounts: tuple[Account, ...]
    first: tuple[view.Row, ...]
    fences: view.Fences
    everything: int
    pending: dict[str, int]
    points: list[tuple[date, int]]
    whole: bool = False
    #: Whether `funds` and `details` were read.
    offered: bool = False
    #: Connections whose bank can be asked whether an amount is covered.
    funds: frozenset[str] = frozenset()
    #: Connections whose bank says more of a transaction on demand.
    details: frozenset[str] = frozenset()
    #: How the rows of each account compare with its balance.
    proofs: Mapping[int, Proof] = field(default_factory=dict)
    #: The searches that have a name.
    saved: tuple[Saved, ...] = ()

    @property
    def live(self) -> tuple[Connection, ...]:
        """The banks that are still connected."""
        return tuple(c for c in self.connections if c.is_fetched)

    def account(self, account_id: int) -> Account | None:
        """Return one account."""
        return next((one for one in self.accounts if one.id == account_id), None)


def read_first(db: Database, now: datetime, question: Question) -> Facts:
    """Read the first page and what costs nothing beside it."""
    filter_ = question.filter
    ids = filter_.account_ids
    points: list[tuple[date, int]] = []
    if ids and len(ids) == 1:
        points = view.balances(db, ids[0], now.date() - timedelta(days=SPARK_DAYS))
    accounts = connections.accounts(db)
    counts = view.counts(db)
    shown = [a.id for a in accounts if (a.id in ids if ids is not None else not a.hidden)]
    everything = sum(counts[own] for own in shown)
    first = tuple(view.page(db, filter_, question.order, question.down))
    pending = view.totals(db, view.Filter(ids, status="pending")).sums
    return Facts(
        connections.connections(db),
        accounts,
        first,
        _counted(filter_, first, everything),
        everything,
        {currency: out + in_ for currency, (out, in_) in pending.items()},
        points,
        proofs=proofs.proofs(db),
        saved=saved.saved(db),
    )


def read_page(db: Database, known: Facts, question: Question) -> Facts:
    """Return what is known with the first page of another question of the same accounts; nothing else is read."""
    filter_ = question.filter
    first = tuple(view.page(db, filter_, question.order, question.down))
    fences = _counted(filter_, first, known.everything)
    return replace(known, first=first, fences=fences, whole=False)


def _counted(filter_: view.Filter, first: Sequence[view.Row], everything: int) -> view.Fences:
    plain = filter_ == view.Filter(filter_.account_ids)
    return view.Fences(everything if plain else len(first))


def read_totals(db: Database, facts: Facts, question: Question) -> Facts:
    """Return facts with exact count and sums, but with no fences yet; runs in a worker."""
    totals = view.totals(db, question.filter)
    return replace(facts, fences=view.Fences(totals.count, (), totals.sums), whole=True)


def read_rest(home: Home, db: Database, facts: Facts, question: Question) -> Facts:
    """Return facts made whole: what takes the longer the more rows there are; runs in a worker."""
    # First what leaves the window's thread alone: the first page is being painted.
    known = view.Totals(facts.fences.count, facts.fences.sums) if facts.whole else None
    fences = view.fences(db, question.filter, question.order, question.down, known)
    return replace(_with_offers(home, facts), fences=fences, whole=True)


def _with_offers(home: Home, facts: Facts) -> Facts:
    if facts.offered:
        return facts
    banks = ((one.id, home.find_bank(one.bank_id)) for one in facts.connections)
    spoken = [(own, bank.dialect) for own, bank in banks if bank]
    return replace(
        facts,
        funds=frozenset(own for own, dialect in spoken if dialect.funds),
        details=frozenset(own for own, dialect in spoken if dialect.details),
        offered=True,
    )


def read_parts(home: Home, question: Question, runs: Sequence[tuple[int, int]]) -> view.Totals:
    """Return the sums of the rows in these places of an answer; runs in a worker."""
    asked, sums = (question.filter, question.order, question.down), dict[str, tuple[int, int]]()
    with closing(home.database()) as db:
        parts = [view.part(db, *asked, first, last - first + 1) for first, last in runs]
    for one in parts:
        for currency, (out, into) in one.sums.items():
            before = sums.get(currency, (0, 0))
            sums[currency] = (before[0] + out, before[1] + into)
    return view.Totals(sum(one.count for one in parts), sums)


def read_offers(home: Home) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read the categories and tags that are in use; runs in a worker."""
    with closing(home.database()) as db:
        return words.categories(db), words.tags(db)


def read_suggestion(home: Home, name: str, category: str) -> Suggestion | None:
    """Read what a category that was just given to one of a payee's rows suggests; runs in a worker."""
    with closing(home.database()) as db:
        return suggestions.offer(db, name, category)


def read_year(home: Home, row: Transaction, today: date) -> Year:
    """Read what a row's payee came to in twelve months; runs in a worker."""
    with closing(home.database()) as db:
        return payee.year(db, row, today)


@dataclass(slots=True)
class Telling:
    """Puts facts into sentences, as of `now`. `news` is how many rows each bank's last run brought."""

    now: datetime
    masked: bool
    news: dict[str, int] = field(default_factory=dict)
    runs: tuple[Upcoming, ...] = ()

    def head(self, facts: Facts, choice: tuple[str, object] | None) -> Head:
        """Return what the header says about the chosen account, bank, or all accounts."""
        kind, which = choice or ("all", None)
        account = facts.account(which) if kind == "account" and isinstance(which, int) else None
        if account:
            return self._account_head(facts, account)
        bank = next((c for c in facts.connections if kind == "bank" and c.id == which), None)
        mine = (bank,) if bank else facts.connections
        title = str(which) if kind == "saved" else bank.name if bank else tr("All accounts")
        return Head(title, facts=(Fact(self._updated(mine)),))

    def _account_head(self, facts: Facts, account: Account) -> Head:
        said: list[Fact] = []
        if account.available:
            said.append(Fact(tr("Available"), self._amount(account.available)))
        pending = facts.pending.get(account.currency)
        if pending:
            said.append(Fact(tr("Pending"), self._amount(Money(pending, account.currency))))
        mine = [c for c in facts.connections if c.id == account.connection_id]
        return Head(
            account.label,
            account.number or account.iban,
            self._amount(account.balance) if account.balance else "",
            account.currency,
            (*said, Fact(self._updated(mine)), *self._difference(facts, account)),
            () if self.masked else facts.points,
        )

    def _difference(self, facts: Facts, account: Account) -> tuple[Fact, ...]:
        proof = facts.proofs.get(account.id)
        if proof is None or not proof.differs or proof.first_day is None:
            return ()
        amount = self._amount(proof.missing(account.currency))
        today = self.now.astimezone().date()
        return (Fact(difference_text(amount, proof.first_day, today=today)),)

    def _amount(self, money: Money) -> str:
        return MASK if self.masked else amount_text(money)

    def _updated(self, mine: Sequence[Connection]) -> str:
        last = _last(mine)
        if last is None:
            return tr("Not updated yet")
        new = sum(self.news.get(c.id, 0) for c in mine)
        text = tr("Updated {time}", time=time_text(last, now=self.now))
        return text + (tr_n(", {n} new", ", {n} new", new) if new else "")

    def status(self, facts: Facts) -> str:
        """Return the status line: silence means fine."""
        live = facts.live
        if not live:
            return tr("No bank connected")
        fine = sum(c.state is State.OK and not c.problem for c in live)
        if fine < len(live):
            return (
                tr_n(
                    "{fine} of {n} bank up to date",
                    "{fine} of {n} banks up to date",
                    len(live),
                    fine=fine,
                )
                + self._next()
            )
        last = _last(live)
        if last is None:
            return tr("Not updated yet")
        new = sum(self.news.values())
        text = tr("Updated {time}", time=time_text(last, now=self.now))
        return text + (tr_n(" · {n} new", " · {n} new", new) if new else "") + self._next()

    def _next(self) -> str:
        """Return when the first bank is fetched by itself, and why only then where something keeps it."""
        due = [run for run in self.runs if run.at is not None]
        if not due:
            return ""
        first = min(due, key=lambda run: run.at or self.now)
        words = next_run_text(first.why, first.at, now=self.now, a_day=first.a_day)
        return f" · {words}"

    def chosen(self, rows: Sequence[view.Row]) -> str:
        """Return how many rows are selected and their sum per currency."""
        sums: dict[str, tuple[int, int]] = {}
        for row in rows:
            sums[row.currency] = (sums.get(row.currency, (0, 0))[0] + row.amount, 0)
        return self.chosen_totals(view.Totals(len(rows), sums))

    def chosen_totals(self, found: view.Totals | view.Fences) -> str:
        """Return how many rows are selected and their sum per currency."""
        if not found.count:
            return ""
        amounts = (
            f"{self._amount(Money(out + into, currency))} {currency}"
            for currency, (out, into) in found.sums.items()
        )
        return "   ".join([tr_n("{n} selected", "{n} selected", found.count), *amounts])


def _last(mine: Iterable[Connection]) -> datetime | None:
    return max((c.last_success for c in mine if c.last_success), default=None)
