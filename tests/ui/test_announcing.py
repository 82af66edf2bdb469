"""What a screen reader says of updates and of the sidebar's painted rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt

from bankview.errors import BankviewError
from bankview.sync.refresh import AccountReport, Report
from bankview.ui.announcing import news_of

if TYPE_CHECKING:
    from bankview.ui.windows.viewer import Viewer

NEWS = (AccountReport(1, "Current", new=2), AccountReport(2, "Savings", new=1))


def spoken(viewer: Viewer) -> list[str]:
    """Return what each row of the sidebar says."""
    model = viewer.sidebar.tree.model()
    role = Qt.ItemDataRole.AccessibleTextRole
    return [str(model.index(row, 0).data(role)) for row in range(model.rowCount())]


def test_news_are_counted_over_all_accounts_of_a_bank() -> None:
    assert news_of(Report("dnb", "DNB", NEWS), attended=False) == "DNB: 3 new"


def test_an_update_without_news_is_spoken_of_only_to_who_asked_for_it() -> None:
    for report in (Report("dnb", "DNB"), Report("dnb", "DNB", error=BankviewError("away"))):
        assert news_of(report, attended=True).startswith("DNB")
        assert news_of(report, attended=False) == ""


def test_a_row_of_the_sidebar_says_its_balance_and_its_state(viewer: Viewer) -> None:
    (account,) = (said for said in spoken(viewer) if said.startswith("Current"))
    assert "5,000.00\N{NO-BREAK SPACE}NOK" in account
    (bank,) = (said for said in spoken(viewer) if said.startswith("DNB"))
    assert bank != "DNB"


def test_hidden_amounts_are_not_spoken_in_the_sidebar(viewer: Viewer) -> None:
    viewer.act["hide"].trigger()
    (account,) = (said for said in spoken(viewer) if said.startswith("Current"))
    assert "5" not in account


def test_a_row_that_is_only_selected_is_gone_to(viewer: Viewer) -> None:
    tree = viewer.sidebar.tree
    row = spoken(viewer).index("Overview")
    tree.selectionModel().select(
        tree.model().index(row, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect
    )
    assert viewer.sidebar.choice() == ("page", "overview")
