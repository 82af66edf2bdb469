"""Rows of accounts that a person names, and of amounts, whose minor units depend on the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.domain.money import exponent
from bankview.domain.search import Key, amounts
from bankview.language import seen
from bankview.store.index import fold

if TYPE_CHECKING:
    from collections.abc import Collection

    from bankview.domain.search import Query, Term
    from bankview.store.database import Database


def fitting(db: Database, query: Query) -> frozenset[int] | None:
    """Return the accounts that all terms about accounts, banks and currencies fit; None where there is no such term."""
    asked = [term for key in (Key.ACCOUNT, Key.BANK, Key.CURRENCY) for term in query.of(key)]
    if not asked:
        return None
    rows = db.run(
        "SELECT a.id, a.currency, a.own_name, a.name, a.number, a.iban, c.name, c.bank_id FROM account a"
        " LEFT JOIN connection c ON c.id = a.connection_id"
    )
    return frozenset(
        own for own, *facts in rows if all(_fits(term, *facts) != term.negated for term in asked)
    )


def _fits(term: Term, currency: str, own_name: str, name: str, *rest: str | None) -> bool:
    number, iban, *bank = (text or "" for text in rest)
    if term.key is Key.CURRENCY:
        return currency.casefold().startswith(term.value.casefold())
    names = [own_name or name, name, number, iban] if term.key is Key.ACCOUNT else bank
    word, said = fold(term.value), [fold(seen(text)) for text in names]
    if word in said or _flat(word) in map(_flat, filter(None, said)):
        return True
    return not term.exact and any(word in text for text in said)


def _flat(text: str) -> str:
    """Return a number as it is without what parts its groups."""
    return text.replace(" ", "").replace(".", "")


def sized(db: Database, term: Term) -> str:
    """Return the condition on amounts; what an amount is in minor units depends on the account's currency."""
    asked = amounts(term.value)
    assert asked, "it was understood"
    column = "t.amount" if asked.signed else "abs(t.amount)"
    accounts: dict[int, list[int]] = {}
    for account, currency in db.run("SELECT id, currency FROM account"):
        accounts.setdefault(exponent(currency), []).append(account)
    commonest = max(accounts, key=lambda places: len(accounts[places]), default=2)
    cases = [
        f"WHEN t.account_id IN ({_ids_of(ids)}) THEN {_bounded(column, *asked.minor(places))}"
        for places, ids in accounts.items()
        if places != commonest
    ]
    usual = _bounded(column, *asked.minor(commonest))
    return f"CASE {' '.join(cases)} ELSE {usual} END" if cases else usual


def _ids_of(accounts: Collection[int]) -> str:
    return ",".join(map(str, accounts))


def _bounded(column: str, low: int | None, high: int | None) -> str:
    parts = [f"{column} >= {low}"] if low is not None else []
    parts += [f"{column} <= {high}"] if high is not None else []
    return " AND ".join(parts)
