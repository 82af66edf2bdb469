"""A list of rows of which each is read or skipped on its own, as all dialects with one object a row want it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bankview.banks._bank import Skipped
from bankview.errors import BadBankDataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bankview.banks._read import Row
    from bankview.domain.transaction import Transaction

_RAW = msgspec.json.Encoder(decimal_format="number")


def each(
    rows: Iterable[Row], read: Callable[[Row], Transaction | None]
) -> Iterator[Transaction | Skipped]:
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


def words(name: str) -> str:
    """Return what a bank calls a category as people read it: "Eating out" for EATING_OUT or eating-out."""
    return name.replace("_", " ").replace("-", " ").capitalize()
