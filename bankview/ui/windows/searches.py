"""Searches with a name: kept, opened, renamed and forgotten; Ctrl+Z takes back what was done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from bankview.domain.search import Key, Term
from bankview.store.saved import Saved
from bankview.ui.windows.naming import Naming
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from bankview.ui.pen import Pen
    from bankview.ui.widgets.filters import Filters

#: Letters of a name.
LONGEST = 60


class Searches(QObject):
    """What a person does with them."""

    def __init__(self, window: QWidget, filters: Filters, pen: Pen) -> None:
        super().__init__(window)
        self._window, self._filters, self._pen = window, filters, pen

    def keep(self, among: Term | None) -> None:
        """Ask for a name, and keep what is asked for now, of the account or bank that is chosen."""
        text = self._filters.search.text().strip()
        words = [text, str(among)] if among else [text]
        asked, kept = " ".join(filter(None, words)), self._filters.kept()
        self._ask(
            tr("Save this search"),
            text,
            lambda name: self._pen.keep_search(Saved(name, asked, kept)),
        )

    def do(self, what: str, search: Saved) -> None:
        """Do what a menu asks for: `rename` or `forget`."""
        if what == "forget":
            self._pen.forget_search(search)
            return

        def rename(name: str) -> None:
            if name != search.name:
                self._pen.keep_search(Saved(name, search.text, search.filters), search)

        self._ask(tr("Rename this search"), search.name, rename)

    def _ask(self, title: str, text: str, done: Callable[[str], None]) -> None:
        dialog = Naming(title, tr("Name"), text[:LONGEST], self._window)

        def named(said: str) -> None:
            name = " ".join(said.split())[:LONGEST]
            if name:
                done(name)

        dialog.named.connect(named)
        dialog.open()


def among(kind: str, name: str) -> Term | None:
    """Return the term that keeps a search to the bank or account that is chosen."""
    key = {"account": Key.ACCOUNT, "bank": Key.BANK}.get(kind)
    return Term(key, name, exact=True) if key and name else None
