"""Certificates that end soon, so that a person hears of it while the bank still answers."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from bankview.banks import credentials
from bankview.store import connections
from bankview.sync import kept

if TYPE_CHECKING:
    from bankview.sync.home import Home


def ending_certificates(home: Home) -> dict[str, str]:
    """Return a sentence for each connection whose certificate ends within 30 days, by its id."""
    with closing(home.database()) as db:
        live = [one for one in connections.connections(db) if one.is_fetched]
    soon = dict[str, str]()
    for one in live:
        bank = home.find_bank(one.bank_id)
        own = bank is not None and any(ask.file == "certificate" for ask in bank.asks)
        if bank and (bank.certificate or own):
            answers = kept.read_answers(home, one.id)
            found = credentials(bank, answers, {}, home.now())
            if found.soon or found.problems:
                soon[one.id] = found.soon or " ".join(found.problems)
    return soon
