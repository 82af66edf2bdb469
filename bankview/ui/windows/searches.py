"""Searches with a name: kept, opened, renamed and forgotten; Ctrl+Z takes back what was done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog

from bankview.domain.search import Key, Term
from bankview.store.saved import Saved
from bankview.words import tr

if TYPE_CHECKING:
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
        name = self._ask(tr("Save this search"), tr("Name"), text)
        if name:
            words = [text, str(among)] if among else [text]
            search = Saved(name, " ".join(filter(None, words)), self._filters.kept())
            self._pen.keep_search(search)

    def do(self, what: str, search: Saved) -> None:
        """Do what a menu asks for: `rename` or `forget`."""
        if what == "forget":
            self._pen.forget_search(search)
            return
        name = self._ask(tr("Rename this search"), tr("Name"), search.name)
        if name and name != search.name:
            self._pen.keep_search(Saved(name, search.text, search.filters), search)

    def _ask(self, title: str, label: str, text: str) -> str:
        said, wanted = QInputDialog.getText(self._window, title, label, text=text[:LONGEST])
        return " ".join(said.split())[:LONGEST] if wanted else ""


def among(kind: str, name: str) -> Term | None:
    """Return the term that keeps a search to the bank or account that is chosen."""
    key = {"account": Key.ACCOUNT, "bank": Key.BANK}.get(kind)
    return Term(key, name, exact=True) if key and name else None
