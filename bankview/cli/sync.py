"""`bankview sync`: fetch what is new."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from bankview.cli import terminal
from bankview.cli.home import opened
from bankview.domain.money import Money
from bankview.errors import ClientRefusedError, SignInNeededError
from bankview.sentences import say
from bankview.store import connections
from bankview.sync.refresh import refresh
from bankview.words import amount_text, difference_text, tr, tr_n

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence
    from datetime import date

    from bankview.sync.home import Home
    from bankview.sync.refresh import AccountReport, Report


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument("ids", metavar="ID", nargs="*", help=tr("these connections; default: all"))
    parser.add_argument(
        "--scheduled",
        action="store_true",
        help=tr("fetch only what is due, and count it as a run without you"),
    )
    terminal.add_json(parser)


def run(arguments: Namespace) -> int:
    """Fetch each connection in turn; one that fails stops no other."""
    reports: list[Report] = []
    with opened(arguments) as home:
        for id_ in arguments.ids or _connected(home):
            report = refresh(home, id_, attended=not arguments.scheduled)
            reports.append(report)
            for line in () if arguments.json else _lines(report, attended=not arguments.scheduled):
                print(line, flush=True)
            complain(report, home.now().astimezone().date())
    if arguments.json:
        terminal.print_objects(item for report in reports for item in _objects(report))
    elif not reports:
        terminal.tell(tr("There is nothing to fetch: no bank is connected."))
    return max(map(_code, reports), default=0)


def _connected(home: Home) -> Sequence[str]:
    with closing(home.database()) as db:
        found = connections.connections(db)
    return [one.id for one in found if one.is_fetched]


def _lines(report: Report, *, attended: bool) -> Iterator[str]:
    for account in report.accounts:
        yield terminal.shown(f"{report.connection_id}  {account.label}: {_counts(account, report)}")
    if not report.accounts and not report.error:
        waits = tr("{id}: nothing is due yet", id=report.connection_id)
        none = tr("{id}: it has no accounts; `bankview api` asks it", id=report.connection_id)
        yield terminal.shown(none if attended else waits)


def _counts(account: AccountReport, report: Report) -> str:
    if account.error:
        return str(say(account.error, report.bank_name))
    return tr(
        "{new} new, {changed} changed, {pending} pending",
        new=account.new,
        changed=account.changed,
        pending=account.pending,
    )


def complain(report: Report, today: date) -> None:
    """Say what of a run did not go well."""
    if report.error:
        terminal.tell(f"{report.connection_id}: {say(report.error, report.bank_name)}")
    for account in report.accounts:
        if account.differs_now and account.proof and account.proof.first_day:
            amount = amount_text(account.proof.missing(account.currency))
            day = account.proof.first_day
            terminal.tell(difference_text(amount, day, today=today, label=account.label))
    if report.skipped:
        terminal.tell(
            tr_n(
                "{bank}: {n} row could not be read ({why}). What the bank sent is kept; the other rows are here.",
                "{bank}: {n} rows could not be read ({why}). What the bank sent is kept; the other rows are here.",
                len(report.skipped),
                bank=report.bank_name,
                why=report.skipped[0],
            )
        )
    for sentence in report.told:
        terminal.tell(f"{report.bank_name}: {sentence}")
    if report.partial:
        terminal.tell(
            tr(
                "{bank} could not read everything ({codes}). What came is here; the rest follows with a later update.",
                bank=report.bank_name,
                codes=", ".join(sorted(set(report.partial))),
            )
        )


def _objects(report: Report) -> Iterator[dict[str, Any]]:
    for account in report.accounts:
        yield {
            "connection_id": report.connection_id,
            "account_id": account.account_id,
            "account": account.label,
            "new": account.new,
            "changed": account.changed,
            "pending": account.pending,
            "skipped": len(account.skipped),
            "difference": _difference(account),
            "error": str(say(account.error, report.bank_name)) if account.error else None,
        }
    if report.error:
        error = str(say(report.error, report.bank_name))
        yield {"connection_id": report.connection_id, "account_id": None, "error": error}


def _difference(account: AccountReport) -> str | None:
    """Return by how much the bank's balance is more than the rows; None where they cannot be compared."""
    if account.proof is None:
        return None
    told = account.proof.difference if account.proof.differs else 0
    return str(Money(told, account.currency))


def _code(report: Report) -> int:
    """Return 3 where the person must sign in, 1 where something else failed, 0 else."""
    if isinstance(report.error, (SignInNeededError, ClientRefusedError)):
        return 3
    return 1 if report.error or any(account.error for account in report.accounts) else 0
