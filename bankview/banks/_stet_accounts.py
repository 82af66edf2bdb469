"""An account and its balances as banks on STET PSD2 write them (STET PSD2 API 1.4 and 1.5, account information)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.banks._bank import Get, Partial
from bankview.banks._pages import href, pages
from bankview.banks._read import masked_card
from bankview.domain.account import Account, AccountType
from bankview.errors import BankRefusedError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from bankview.banks._read import Row
    from bankview.domain.money import Money

#: Ends the key of an account whose rows the bank does not give; it is in no bank's own id.
CLOSED = "#"
_TYPES = {"CACC": AccountType.CURRENT, "CARD": AccountType.CARD}
#: Kinds of balance (`_kind`) that say what can be disposed of, best first.
_AVAILABLE = ("XPCD", "ITAV", "instant", "VALU")


def account(get: Get, row: Row, owner: str = "") -> Iterator[Account | Partial]:
    """Yield an account with its balances, after a `Partial` where the bank refuses the balances.

    `balance` is the booked one (CLBD), `available` the first of XPCD, ITAV, an instant OTHR and VALU. Other balances
    have no place, save for a card without CLBD: its first OTHR, the period that is open. A card's `linkedAccount` has
    no place either.
    """
    balances = list(row.rows("balances", needed=False))
    if not balances and href(row, "balances"):
        balances = yield from _fetched(get, row)
    id_ = row.inner("accountId")
    currency = _currency(row, id_, balances)
    found: dict[str, Money] = {}
    for balance in balances:
        money = _money(balance, currency)
        if money:
            found.setdefault(_kind(balance), money)
    iban = id_.text("iban").replace(" ", "").upper()
    other = id_.inner("other").text("identification").replace(" ", "")
    number = "" if iban else masked_card(other)
    kind = _TYPES.get(row.text("cashAccountType"), AccountType.OTHER)
    yield Account(
        key=_key(row, iban or number),
        name=row.text("name", "product", "details"),
        currency=currency,
        number=number,
        iban=iban,
        type=kind,
        # Deferred cards have nothing booked: BPCE sends three OTHR, the open period first.
        balance=found.get("CLBD") or (found.get("OTHR") if kind is AccountType.CARD else None),
        available=next((found[kind] for kind in _AVAILABLE if kind in found), None),
        owner=owner,
    )


def key_of(account: Account) -> str:
    """Return what the bank calls an account, whether its rows are given or not."""
    return account.key.removesuffix(CLOSED)


def is_open(row: Row) -> bool:
    """Return whether the bank lets the account's rows be read: it says so by a link, once there is a consent."""
    # A bank that leaves the links out altogether is asked.
    return bool(row.text("resourceId")) and (
        row.first("_links")[1] is None or bool(href(row, "transactions"))
    )


def _key(row: Row, number: str) -> str:
    """Return the id of the sub-paths, else (before consent) the number; closed where the rows are not given."""
    key = row.needed("resourceId", row.text("resourceId") or number)
    return key if is_open(row) else f"{key}{CLOSED}"


def _fetched(get: Get, row: Row) -> Generator[Partial, None, list[Row]]:
    """Return the balances below an account; one account's refusal leaves the others be."""
    balances: list[Row] = []
    try:
        for page in pages(
            get, ["accounts", row.needed("resourceId", row.text("resourceId")), "balances"]
        ):
            if isinstance(page, Partial):
                yield page
            else:
                balances += page.rows("balances")
    except BankRefusedError as error:
        yield Partial(error.code or f"balances: {error.status}")
    return balances


def _currency(row: Row, id_: Row, balances: list[Row]) -> str:
    """Return the account's currency: BPCE has it on top, Arkéa in the id, others only with the balances."""
    amounts = [balance.inner("balanceAmount") for balance in balances]
    for holder in (row, id_, *amounts):
        found = holder.text("currency") and holder.currency("currency", "EUR")
        if found:
            return found
    return "EUR"


def _money(balance: Row, currency: str) -> Money | None:
    """Return a balance's amount, signed as it comes; None where it is in another currency than the account."""
    amount = balance.inner("balanceAmount")
    own = amount.currency("currency", currency)
    money = amount.needed("amount", amount.money("amount", own))
    return money if own == currency else None


def _kind(balance: Row) -> str:
    """Return the balance's type; BPCE's instant balance is an OTHR of that name ("Solde instantané")."""
    kind = balance.text("balanceType").upper()
    return "instant" if kind == "OTHR" and "instant" in balance.text("name").lower() else kind
