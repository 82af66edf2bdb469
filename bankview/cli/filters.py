"""Which rows: the flags that `transactions` and `export` share."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING

from bankview.domain.search import parse
from bankview.errors import UsageError
from bankview.store import connections
from bankview.store.view import Filter
from bankview.words import term_text, tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bankview.domain.account import Account
    from bankview.domain.search import Query
    from bankview.store.database import Database


def configure(parser: argparse.ArgumentParser, *, status: str) -> None:
    """Add the flags; `status` is what goes without saying."""
    parser.add_argument(
        "--account",
        metavar="ACCOUNT",
        action="append",
        help=tr("only this account: its id, number, IBAN or name; may be given again"),
    )
    parser.add_argument(
        "--from", dest="since", metavar="DAY", type=_day, help=tr("from this day on")
    )
    parser.add_argument("--to", dest="until", metavar="DAY", type=_day, help=tr("up to this day"))
    parser.add_argument(
        "--search",
        metavar="TEXT",
        default="",
        help=tr(
            'words, and terms such as payee:"rema 1000" amount:>500 date:2026-03 -category:food is:out'
        ),
    )
    parser.add_argument(
        "--status",
        choices=("booked", "pending", "all"),
        default=status,
        help=tr("default: %(default)s"),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        problem = tr("{day} is no day; write one such as 2026-03-01", day=text)
        raise argparse.ArgumentTypeError(problem) from None


def filter_of(arguments: argparse.Namespace, db: Database) -> Filter:
    """Return the rows that the flags name.

    Raises:
        UsageError: an account is not there, or its name is that of several, or a search is not understood.
    """
    accounts = None
    if arguments.account:
        known = connections.accounts(db)
        accounts = tuple(dict.fromkeys(account_of(name, known) for name in arguments.account))
    return Filter(
        account_ids=accounts,
        since=arguments.since,
        until=arguments.until,
        status=arguments.status,
        query=_query(arguments.search),
    )


def _query(text: str) -> Query:
    """Return what a search asks for; nobody can correct it while they type.

    Raises:
        UsageError: a term's value is not understood.
    """
    query = parse(text)
    if query.unknown:
        raise UsageError(term_text(query.unknown[0]))
    return query


def account_of(name: str, known: Sequence[Account]) -> int:
    """Return the id of the account that a person means."""
    found = [account.id for account in known if str(account.id) == name]
    found = found or [account.id for account in known if _plain(name) in _names(account)]
    if len(found) == 1:
        return found[0]
    if found:
        choice = ", ".join(map(str, found))
        raise UsageError(
            tr(
                "{name} is the name of several accounts; write one of the ids {choice}.",
                name=name,
                choice=choice,
            )
        )
    raise UsageError(tr("No account is called {name}. `bankview accounts` lists them.", name=name))


def _names(account: Account) -> Iterable[str]:
    names = (account.number, account.iban, account.own_name, account.name)
    return {_plain(name) for name in names if name}


def _plain(name: str) -> str:
    return name.casefold().replace(" ", "").replace(".", "")
