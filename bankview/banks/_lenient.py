"""A list of rows of which each is read or skipped on its own, as all dialects with one object a row want it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bankview.banks._bank import Cursor, Partial, Skipped
from bankview.errors import BadBankDataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bankview.banks._read import Row
    from bankview.domain.transaction import Transaction

    Read = Callable[[Row], Transaction | None]

_RAW = msgspec.json.Encoder(decimal_format="number")


def each(rows: Iterable[Row], read: Read) -> Iterator[Transaction | Skipped]:
    """Yield what `read` makes of each row, with the bank's own object; what it cannot read is skipped with its reason.

    Where it makes None of a row, the row is left out.
    """
    for row in rows:
        try:
            made = read(row)
        except BadBankDataError as error:
            yield Skipped(str(error), _RAW.encode(row.value))
        else:
            if made is not None:
                yield made.but(raw=_RAW.encode(row.value))


def each_of(
    pages: Iterable[Row | Partial | Cursor], name: str, read: Read, *, cursors: bool
) -> Iterator[Transaction | Skipped | Partial | Cursor]:
    """Yield what `each` makes of the list of that name on each page; cursors only to who goes on by them."""
    for page in pages:
        if isinstance(page, (Partial, Cursor)):
            if cursors or isinstance(page, Partial):
                yield page
        else:
            yield from each(page.rows(name), read)


def words(name: str) -> str:
    """Return what a bank calls a category as people read it: "Eating out" for EATING_OUT or eating-out."""
    return name.replace("_", " ").replace("-", " ").capitalize()
