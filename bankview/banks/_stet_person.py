"""Whose a STET PSD2 account is: owners, overdraft, the signed-in person, and whom that person trusts (1.4.2, 1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview.banks._bank import Get, Partial
from bankview.banks._pages import pages
from bankview.banks._read import Row, read_object
from bankview.banks._stet_accounts import key_of
from bankview.errors import EmptyAnswerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bankview.domain.account import Account
    from bankview.domain.money import Money


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """Somebody whom the person has registered to pay; `trusted` ones are paid without a further authentication."""

    name: str
    iban: str
    trusted: bool


def owners(get: Get, account: Account) -> tuple[str, ...]:
    """Return the names of an account's owners (1.5), or the company's.

    Raises:
        BankRefusedError: the bank has no such list.
    """
    answer = _asked(get, ["accounts", key_of(account), "owners"])
    names = [_name(row) for row in answer.rows("identities", needed=False)]
    return tuple(filter(None, [*names, _name(answer.inner("company"))]))


def overdraft(get: Get, account: Account) -> Money | None:
    """Return how far an account may be overdrawn (1.5), above zero; None where it may not.

    Raises:
        BankRefusedError: the bank does not say.
    """
    allowed = (
        _asked(get, ["accounts", key_of(account), "overdrafts"])
        .inner("overdrafts")
        .inner("allowedAmount")
    )
    return allowed.money("amount", allowed.currency("currency", account.currency))


def identity(get: Get) -> str:
    """Return the name of the person who signed in: `connectedPsu` up to 1.4.2, an object from 1.5."""
    answer = _asked(get, ["end-user-identity"])
    return answer.text("connectedPsu") or _name(answer.inner("identity"))


def beneficiaries(get: Get) -> Iterator[Beneficiary | Partial]:
    """Yield the registered beneficiaries; BPCE has no such list and refuses."""
    for page in pages(get, ["trusted-beneficiaries"]):
        if isinstance(page, Partial):
            yield page
            continue
        for row in page.rows("beneficiaries"):
            creditor = row.inner("creditor")
            yield Beneficiary(
                creditor.needed("name", creditor.text("name")),
                row.inner("creditorAccount").text("iban").replace(" ", ""),
                row.flag("isTrusted"),
            )


def _asked(get: Get, path: list[str]) -> Row:
    try:
        return read_object(get(path), "")
    except EmptyAnswerError:
        # 204 is an answer without anything in it.
        return Row({})


def _name(row: Row) -> str:
    whole = " ".join(filter(None, (row.text("firstName"), row.text("lastName"))))
    return row.text("fullName") or whole or row.text("name")
