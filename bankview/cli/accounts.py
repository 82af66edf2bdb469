"""`bankview accounts`: what the ledger knows of accounts."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from bankview.cli import terminal
from bankview.cli.home import opened
from bankview.store import connections
from bankview.words import money_text, time_text, tr

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from datetime import datetime

    from bankview.domain.account import Account


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    terminal.add_json(parser)


def run(arguments: Namespace) -> int:
    """List the accounts, hidden ones too."""
    with opened(arguments) as home, closing(home.database()) as db:
        found = connections.accounts(db)
        now = home.now()
    if arguments.json:
        terminal.print_objects(terminal.as_object(account, "key") for account in found)
    elif found:
        header = (
            tr("ID"),
            tr("Connection"),
            tr("Account"),
            tr("Number"),
            tr("Balance"),
            tr("Updated"),
        )
        terminal.print_table(header, (_line(account, now) for account in found))
    else:
        terminal.tell(tr("There are no accounts yet: connect a bank."))
    return 0


def _line(account: Account, now: datetime) -> tuple[str, ...]:
    return (
        str(account.id),
        account.connection_id,
        account.label,
        account.number or account.iban,
        money_text(account.balance) if account.balance else "–",
        time_text(account.last_success, now=now) if account.last_success else "–",
    )
