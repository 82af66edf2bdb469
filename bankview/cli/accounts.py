"""`bankview accounts`: what the ledger knows of accounts."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from bankview.cli import terminal
from bankview.cli.home import opened
from bankview.domain.money import Money
from bankview.store import connections, proofs
from bankview.words import amount_text, difference_text, money_text, time_text, tr

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from datetime import datetime

    from bankview.domain.account import Account
    from bankview.domain.proof import Proof


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    terminal.add_json(parser)


def run(arguments: Namespace) -> int:
    """List the accounts, hidden ones too."""
    with opened(arguments) as home, closing(home.database()) as db:
        found, known = connections.accounts(db), proofs.proofs(db)
        now = home.now()
    if arguments.json:
        terminal.print_objects(
            {**terminal.as_object(account, "key"), **_difference(account, known.get(account.id))}
            for account in found
        )
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
        for account in found:
            if text := _differs(account, known.get(account.id), now):
                terminal.tell(text)
    else:
        terminal.tell(tr("There are no accounts yet: connect a bank."))
    return 0


def _differs(account: Account, proof: Proof | None, now: datetime) -> str:
    if proof is None or not proof.differs or proof.first_day is None:
        return ""
    amount = amount_text(proof.missing(account.currency))
    today = now.astimezone().date()
    return difference_text(amount, proof.first_day, today=today, label=account.label)


def _difference(account: Account, proof: Proof | None) -> dict[str, str | None]:
    """Return by how much the bank's balance is more than the rows, 0 where they agree, and since which day."""
    if proof is None:
        return {"difference": None, "difference_since": None}
    told = proof.difference if proof.differs else 0
    since = proof.first_day.isoformat() if told and proof.first_day else None
    return {"difference": str(Money(told, account.currency)), "difference_since": since}


def _line(account: Account, now: datetime) -> tuple[str, ...]:
    return (
        str(account.id),
        account.connection_id,
        account.label,
        account.number or account.iban,
        money_text(account.balance) if account.balance else "–",
        time_text(account.last_success, now=now) if account.last_success else "–",
    )
