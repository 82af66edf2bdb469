"""What categories cost: a click leads into one, to those below it and to its payees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.store import charts
from bankview.ui.charts import telling
from bankview.ui.panels.panel import Panel, Wish
from bankview.ui.widgets.ranked_bars import RankedBars
from bankview.ui.widgets.text import Link
from bankview.words import category_text, tr

if TYPE_CHECKING:
    from bankview.store.charts import Two
    from bankview.store.database import Database
    from bankview.ui.charts.values import Ranks
    from bankview.ui.readings import Readings


class SpendingPanel(Panel):
    """`path` is the category that is looked into, and the one whose payees are shown; empty at the top."""

    def __init__(self, readings: Readings) -> None:
        self.ranks = RankedBars(tr("Spending by category"))
        self.back = Link(tr("Back"))
        self.back.setObjectName("chart-back")
        self.back.setAccessibleName(tr("Back to the categories above"))
        self.path: tuple[str, ...] = ()
        self._payees: tuple[Two, ...] = ()
        super().__init__("spending", self.ranks, readings, self.back)
        self.back.hide()
        self.back.clicked.connect(self._go_back)
        self.ranks.opened.connect(self._open)

    def read(self, wish: Wish, db: Database) -> tuple[Two, ...]:
        return charts.by_category(db, wish.asked)

    def show_found(self, wish: Wish, found: tuple[Two, ...]) -> None:  # noqa: ARG002 - `_show` reads it
        self._show()
        if len(self.path) == 2:
            self._read_payees(wish)

    def _open(self, name: str) -> None:
        if not self.path and len(self._below(name)) > 1:
            self.path = (name,)
            self._show()
        elif self.wish:
            # Nothing to choose among: its payees follow at once.
            self.path = (*self.path, name) if self.path else (name, name)
            self._read_payees(self.wish)

    def _go_back(self) -> None:
        self.path = self.path[:1] if len(set(self.path)) > 1 else ()
        self._show()
        self.ranks.setFocus()

    def _below(self, name: str) -> tuple[Two, ...]:
        return tuple(one for one in charts.below(self.found or (), name) if one.now.out)

    def _read_payees(self, wish: Wish) -> None:
        category = self.path[-1]
        self._readings.ask(
            f"{self._name} payees",
            lambda db: charts.by_payee(db, wish.asked, category),
            self._on_payees,
        )

    def _on_payees(self, found: tuple[Two, ...]) -> None:
        self._payees = found
        self._show()

    def _show(self) -> None:
        if self.wish is None:
            return
        ranks = self._ranks(self.wish)
        self.ranks.mark(None)
        self.ranks.show_ranks(ranks, masked=self.masked)
        inside = category_text(self.path[-1]) or tr("No category") if self.path else ""
        title = tr("Spending: {category}", category=inside) if inside else ""
        self.title.setText(title or tr("Spending by category"))
        self.ranks.setAccessibleName(self.title.text())
        self.legend.show_marks([("tick", ranks.before)] if ranks.before else [])
        self.back.setVisible(bool(self.path))

    def _ranks(self, wish: Wish) -> Ranks:
        if len(self.path) == 2:
            category = self.path[-1]
            return telling.payees(
                wish.asked, self._payees, wish.asking, out=True, category=category
            )
        above = self.path[0] if self.path else ""
        shown = self._below(above) if self.path else charts.together(self.found)
        return telling.spending(wish.asked, shown, wish.asking, above)
