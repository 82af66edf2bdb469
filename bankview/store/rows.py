"""How a transaction lies in the tables, and how it is read back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from bankview.domain import category as tree
from bankview.domain.money import Money
from bankview.domain.rule import Ruled
from bankview.domain.transaction import Status, Transaction
from bankview.domain.words import Words
from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What `read` takes, over `tx t`, `detail d` and `account a`: what the bank said. A step that adds to it empties the
#: staging table, whose rows lie in this order; they are fetched again.
COLUMNS = (
    "t.id, t.account_id, a.currency, t.amount, t.payee, t.description, coalesce(d.bank_category, t.category),"
    " d.text_id, d.value_on,"
    " d.transacted_on, d.counterparty, d.raw_text, d.reference, d.balance_after, d.original, d.original_currency,"
    " d.bank_id, d.rate"
)
JOINS = "JOIN detail d ON d.id = t.id JOIN account a ON a.id = t.account_id"
#: What `read_whole` takes: what rules say and the person's words too.
WHOLE = f"{COLUMNS}, t.marks, t.category, n.payee, w.note, w.tags, w.category, w.checked"
WHOLE_JOINS = (
    f"{JOINS} LEFT JOIN words w ON w.account_id = d.account_id AND w.text_id = d.text_id"
    " LEFT JOIN named n ON n.id = t.id"
)
TX = "id, account_id, amount, balance, payee, description, category, marks"
DETAIL = (
    "id, account_id, text_id, value_on, transacted_on, counterparty, raw_text, reference, balance_after, original,"
    " original_currency, bank_id, bank_category, rate"
)
#: What `tx.marks` says: there is a note; it is checked; it is half of a transfer between own accounts; the category is
#: the person's, or a rule's; it came since the person looked. Above lie two places in the tree of categories: that of the category in force, and that
#: of the bank's.
NOTED, CHECKED, TRANSFER, OWN, RULED, NEW = 1, 2, 4, 8, 16, 32
PLACE, BANK_PLACE, PLACES = 8, 16, 0xFF
#: What counts as income and spending, over `tx t`: no half of a transfer, and nothing that is filed under transfers.
NOT_TRANSFER = (
    f"t.marks & {TRANSFER} = 0 AND t.marks >> {PLACE} & {PLACES} <> {tree.place(tree.TRANSFERS)}"
)


def first_of(day: date, status: Status = Status.BOOKED) -> int:
    """Return the lowest row id of a day."""
    return (PENDING if status is Status.PENDING else 0) + day.toordinal() * DAY


def read(values: Sequence[Any], raw: bytes = b"") -> Transaction:
    """Return a stored row as a value; its raw answer stays in its table unless given."""
    own, account, currency, amount, payee, text, category, text_id, value, bought, *rest = values
    counterparty, raw_text, reference, after, original, original_currency, bank_id, rate, *kind = (
        rest
    )
    return Transaction(
        account_key="",
        status=Status.PENDING if own >= PENDING else Status.BOOKED,
        booked_on=date.fromordinal(own % PENDING // DAY),
        amount=Money(amount, currency),
        description=text,
        value_on=date.fromordinal(value) if value else None,
        transacted_on=date.fromordinal(bought) if bought else None,
        payee=payee,
        counterparty_account=counterparty,
        raw_text=raw_text,
        reference=reference,
        category=category,
        balance_after=None if after is None else Money(after, currency),
        original=None if original is None else Money(original, original_currency),
        rate=None if rate is None else Decimal(rate),
        bank_id=bank_id,
        raw=raw,
        id=text_id,
        account_id=account,
        kind=kind[0] if kind else "",
    )


def read_whole(values: Sequence[Any], raw: bytes = b"") -> Transaction:
    """Return a stored row with what the person wrote and rules say: of a category, where it is in force."""
    *said, flags, shown_category, payee, note, tags, category, checked = values
    row = read([*said, tree.at(flags >> BANK_PLACE & PLACES)], raw)
    ruled = Ruled(shown_category if flags & RULED else "", payee or "")
    if note is None and not ruled:
        return row
    words = Words() if note is None else read_words((note, tags, category, checked))
    return row.but(words=words, ruled=ruled)


def read_words(values: Sequence[Any]) -> Words:
    """Return what the person wrote: note, tags, category and checkmark as they lie in `words`."""
    note, tags, category, checked = values
    return Words(note, unpacked(tags), category, bool(checked))


def packed(tags: Sequence[str]) -> str:
    """Return tags as they lie in a column; none of them holds a comma."""
    return ",".join(tags)


def unpacked(tags: str) -> tuple[str, ...]:
    """Return what `packed` was given."""
    return tuple(tags.split(",")) if tags else ()


def marks(row: Transaction) -> int:
    """Return what the table's row says of a row besides its texts; a transfer is told elsewhere."""
    said, words = tree.place(row.kind) << BANK_PLACE, row.words
    if words:
        said |= (NOTED if words.note else 0) | (CHECKED if words.checked else 0)
    return said | filed(words.category, row.ruled.category, tree.place(row.kind))


def filed(own: str, ruled: str, bank_place: int) -> int:
    """Return the part of the marks that follows from the person's category, a rule's, and the bank's place."""
    if own:
        return OWN | tree.place(own) << PLACE
    return RULED | tree.place(ruled) << PLACE if ruled else bank_place << PLACE


def covered(row: Transaction) -> str | None:
    """Return the bank's category where another one is in force, to be kept beside it."""
    return row.category if row.words.category or row.ruled.category else None


def shown(own: int, account_id: int, row: Transaction) -> tuple[Any, ...]:
    """Return a row of `tx`, its balance unknown yet unless the bank says it of a booked one."""
    after = row.balance_after.minor if row.balance_after and own < PENDING else None
    texts = (row.payee, row.description, row.own_category)
    return (own, account_id, row.amount.minor, after, *texts, marks(row))


def detail(own: int, account_id: int, row: Transaction) -> tuple[Any, ...]:
    """Return a row of `detail`."""
    return (
        own,
        account_id,
        row.id,
        row.value_on and row.value_on.toordinal(),
        row.transacted_on and row.transacted_on.toordinal(),
        row.counterparty_account,
        row.raw_text,
        row.reference,
        row.balance_after and row.balance_after.minor,
        row.original and row.original.minor,
        row.original and row.original.currency,
        row.bank_id,
        covered(row),
        None if row.rate is None else str(row.rate),
    )


def facts(account_id: int, row: Transaction) -> str:
    """Return what the bank said of a row as JSON, in the order of COLUMNS, with its kind."""
    own, _, *rest, _, rate = detail(first_of(row.booked_on, row.status), account_id, row)
    seen = (row.amount.currency, row.amount.minor, row.payee, row.description, row.category)
    return msgspec.json.encode((own, account_id, *seen, *rest, rate, row.kind)).decode()


def read_facts(said: str, raw: bytes = b"") -> Transaction:
    """Return the row that `facts` was given."""
    return read(msgspec.json.decode(said), raw)
