"""What a STET PSD2 bank says on demand: of an account, and of the person who signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.banks._bank import Get, Partial
from bankview.banks._pages import pages
from bankview.banks._stet_accounts import key_of
from bankview.banks._stet_person import beneficiaries, identity, overdraft, owners
from bankview.errors import BankRefusedError
from bankview.words import money_text, tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bankview.domain.account import Account


def about(get: Get, account: Account) -> Iterator[tuple[str, str]]:
    """Yield every balance that the bank keeps, with its day, the owners and the overdraft where it tells them."""
    for page in pages(get, ["accounts", key_of(account), "balances"]):
        for balance in () if isinstance(page, Partial) else page.rows("balances"):
            amount = balance.inner("balanceAmount")
            money = amount.money("amount", amount.currency("currency", account.currency))
            kind, day = balance.text("balanceType"), balance.text("referenceDate")[:10]
            words = " ".join(filter(None, (balance.text("name"), f"({kind})" if kind else "")))
            if money:
                yield words, f"{money_text(money)}{f', {day}' if day else ''}"
    try:
        for name in owners(get, account):
            yield tr("Owner"), name
        allowed = overdraft(get, account)
        if allowed:
            yield tr("Overdraft"), money_text(allowed)
    except BankRefusedError:
        # Versions before 1.5 have neither.
        return


def person(get: Get) -> Iterator[tuple[str, str]]:
    """Yield who signed in, and whom that person has registered to pay."""
    try:
        yield tr("Signed in as"), identity(get)
        for one in beneficiaries(get):
            if not isinstance(one, Partial):
                trusted = tr(" (trusted)") if one.trusted else ""
                yield tr("Beneficiary"), f"{one.name} {one.iban}{trusted}"
    except BankRefusedError:
        # BPCE has no list of beneficiaries; some banks have no identity.
        return
