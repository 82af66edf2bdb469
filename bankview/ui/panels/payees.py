"""Whom money went to, and whom it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.store import charts
from bankview.ui.charts import telling
from bankview.ui.panels.panel import Panel, Wish, choice, offer
from bankview.ui.widgets.ranked_bars import RankedBars
from bankview.words import tr

if TYPE_CHECKING:
    from bankview.store.database import Database
    from bankview.ui.charts.values import Ranks
    from bankview.ui.readings import Readings


class PayeesPanel(Panel):
    """The largest, in one direction at a time."""

    def __init__(self, readings: Readings) -> None:
        self.ranks = RankedBars(tr("Payees"), tr("Payee"))
        self.direction = choice("chart-direction", tr("Direction"))
        offer(self.direction, [(tr("Money out"), True), (tr("Money in"), False)])
        super().__init__("payees", self.ranks, readings, self.direction)
        self.direction.activated.connect(lambda _: self.show_again())

    def read(self, wish: Wish, db: Database) -> dict[bool, Ranks]:
        """Read both directions, whichever is shown."""
        found = charts.by_payee(db, wish.asked)
        return {
            out: telling.payees(wish.asked, found, wish.asking, out=out) for out in (True, False)
        }

    def show_found(self, wish: Wish, found: dict[bool, Ranks]) -> None:  # noqa: ARG002 - they know it
        ranks = found[bool(self.direction.currentData())]
        self.ranks.show_ranks(ranks, masked=self.masked)
        self.legend.show_marks([("tick", ranks.before)] if ranks.before else [])
