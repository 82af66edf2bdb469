"""What charts are told, and the questions behind each value."""

from __future__ import annotations

from datetime import date

from bankview.store.charts import Asked, Two
from bankview.store.flows import Flow
from bankview.ui.charts import telling
from bankview.ui.charts.asking import Asking, term
from bankview.ui.charts.values import (
    Line,
    Numbers,
    Rank,
    Ranks,
    line_numbers,
    one_line,
    ranks_numbers,
)
from bankview.ui.models.transactions import MASK

ASKED = Asked("NOK", date(2026, 3, 1), date(2026, 3, 31))
ASKING = Asking("Bruks konto", "NOK")


def test_a_question_keeps_a_name_together() -> None:
    assert term("payee", "REMA  1000") == 'payee:"REMA 1000"'
    assert term("payee", 'The "best"') == 'payee:"The ""best"""'
    assert term("payee", "=x", exact=True) == 'payee:="=x"'
    assert term("payee", "Kiwi") == "payee:Kiwi"


def test_a_month_asks_for_what_came_in_and_for_what_went_out() -> None:
    bars = telling.cash_flow(ASKED, {date(2026, 3, 1): Flow(-500, 900)}, ASKING)
    (march,) = bars.groups
    assert march.sizes == (900, 500)
    into, out = march.asks
    whose = 'account:"Bruks konto" currency:NOK'
    assert into == f"date:2026-03 is:in is:booked -is:transfer -category:transfers {whose}"
    assert out == into.replace("is:in", "is:out")


def test_a_year_is_said_where_it_begins() -> None:
    months = [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    bars = telling.cash_flow(ASKED, dict.fromkeys(months, Flow(-1, 1)), ASKING)
    assert [group.name for group in bars.groups] == ["Dec", "Jan 2026", "Feb"]


def test_of_many_months_years_alone_are_named() -> None:
    many = [date(2020 + n // 12, n % 12 + 1, 1) for n in range(40)]
    bars = telling.cash_flow(ASKED, dict.fromkeys(many, Flow(-1, 1)), ASKING)
    assert [group.name for group in bars.groups if group.name] == ["2020", "2021", "2022", "2023"]
    assert bars.groups[1].said == "February 2020"


def test_where_nothing_was_before_there_are_no_ticks() -> None:
    found = (Two("food", Flow(-300, 20), Flow()),)
    for ranks in (
        telling.spending(ASKED, found, Asking()),
        telling.payees(ASKED, found, Asking(), out=True),
    ):
        assert (ranks.before, ranks.rows[0].before) == ("", None)


def test_spending_leaves_out_what_cost_nothing_and_names_what_is_in_no_category() -> None:
    found = (
        Two("income", Flow(0, 900), Flow()),
        Two("", Flow(-100, 0), Flow(-50, 0)),
        Two("food", Flow(-300, 20), Flow()),
    )
    ranks = telling.spending(ASKED, found, Asking())
    assert [(row.name, row.size, row.before) for row in ranks.rows] == [
        ("Food and drink", 300, 0),
        ("No category", 100, 50),
    ]
    assert ranks.total == 400
    assert ranks.rows[1].asks == (
        "category:none is:out date:2026-03-01..2026-03-31 is:booked -is:transfer"
    )


def test_a_category_among_those_below_it_asks_for_itself_alone() -> None:
    found = (Two("food", Flow(-3, 0), Flow()), Two("food.groceries", Flow(-2, 0), Flow()))
    itself, below = telling.spending(ASKED, found, Asking(), "food").rows
    assert itself.asks.startswith(
        "category:food -category:food.groceries -category:food.restaurants is:out"
    )
    assert (itself.opens, below.opens) == (False, True)


def test_payees_are_ranked_in_one_direction() -> None:
    found = (
        Two("A", Flow(-5, 1), Flow()),
        Two("B", Flow(-1, 9), Flow()),
        Two("C", Flow(-2, 0), Flow()),
    )
    out = telling.payees(ASKED, found, Asking(), out=True)
    into = telling.payees(ASKED, found, Asking(), out=False)
    assert [row.name for row in out.rows] == ["A", "C", "B"]
    assert [row.name for row in into.rows] == ["B", "A"]
    assert "payee:=B is:in" in into.rows[0].asks


def test_a_table_has_plain_numbers_and_none_where_amounts_are_hidden() -> None:
    rows = (Rank("a", "Bad\tname\n<b>", 1250, 1000), Rank("b", "B", -5, None))
    numbers = ranks_numbers(Ranks("NOK", rows, 1245, "Before"), "Category")
    assert numbers.copied(masked=False) == (
        "Category\tAmount NOK\tBefore NOK\nBad name <b>\t-12.50\t-10.00\nB\t0.05\t\n"
    )
    assert numbers.copied(masked=True) == (
        f"Category\tAmount NOK\tBefore NOK\nBad name <b>\t{MASK}\t{MASK}\nB\t{MASK}\t\n"
    )


def test_days_to_come_are_told_apart() -> None:
    numbers = line_numbers(Line("JPY", date(2099, 12, 30), [-5], [7]))
    assert numbers == Numbers(
        "JPY", ("Date", "Balance"), (("2099-12-30", (-5,)), ("2099-12-31, expected", (7,)))
    )


def test_a_name_is_one_line_of_signs_that_can_be_seen() -> None:
    assert one_line("a\u202eb\x00\n c" + "x" * 2000) == "ab c" + "x" * 113
