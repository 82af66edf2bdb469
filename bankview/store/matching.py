"""Which rules meet a row: pure, and quick enough for each row of a first history."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from bankview.domain.rule import Ruled
from bankview.store.index import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bankview.domain.rule import Rule

NOTHING = Ruled()
#: Texts that are kept folded.
MANY = 4096


class Matcher:
    """Rules in their order, with what they look for folded once."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        folded = [(rule, fold(rule.text)) for rule in rules]
        # A text that folding leaves nothing of is in no row.
        self._rules = [(rule, wanted) for rule, wanted in folded if wanted or not rule.text]
        # The rows that a rule meets mostly say the same.
        self._fold = lru_cache(MANY)(fold)

    def __bool__(self) -> bool:
        return bool(self._rules)

    def ruled(
        self, minor: int, account_id: int, payee: str, description: str, doc: str | None = None
    ) -> Ruled:
        """Return what the rules say of a row, given in minor units and the bank's words.

        `doc` is the row's text in the search, which holds both texts folded: most rules are told off by it alone.
        """
        category = name = ""
        texts: tuple[str, str] | None = None
        for rule, wanted in self._rules:
            if (doc is not None and wanted not in doc) or not rule.fits(minor, account_id):
                continue
            if wanted:
                texts = texts or (self._fold(payee), self._fold(description))
                if not (wanted == texts[0] if rule.whole else any(wanted in it for it in texts)):
                    continue
            category, name = category or rule.category, name or rule.payee
        return Ruled(category, name) if category or name else NOTHING
