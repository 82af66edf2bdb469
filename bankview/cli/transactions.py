"""`bankview transactions`: what the ledger knows of transactions, oldest first."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from bankview.cli import filters, terminal
from bankview.cli.home import opened
from bankview.domain.transaction import Status
from bankview.store import connections, view
from bankview.words import category_text, money_text, tr

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from bankview.domain.transaction import Transaction


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    filters.configure(parser, status="all")
    terminal.add_json(parser)


def run(arguments: Namespace) -> int:
    """List the rows as they are read."""
    with opened(arguments) as home, closing(home.database()) as db:
        rows = view.transactions(db, filters.filter_of(arguments, db))
        if arguments.json:
            terminal.print_objects(map(_object, rows))
            return 0
        labels = {account.id: account.label for account in connections.accounts(db)}
        for row in rows:
            print(_line(row, labels[row.account_id]))
    return 0


def _object(row: Transaction) -> dict[str, Any]:
    return {
        **terminal.as_object(row, "raw", "account_key", "words", "kind", "ruled"),
        "category": category_text(row.own_category),
        "note": row.words.note,
        "tags": list(row.words.tags),
        "checked": row.words.checked,
        "currency": row.amount.currency,
        "original_currency": row.original.currency if row.original else None,
    }


def _line(row: Transaction, account: str) -> str:
    amount = money_text(row.amount).rjust(16)
    mark = tr("pending") if row.status is Status.PENDING else ""
    text = f"{row.booked_on}  {amount}  {account[:18]:18}  {mark:7}  {row.payee or row.description}"
    return terminal.shown(text)
