"""Which booked row came of which pending one: by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.store.ledger import Changes
from bankview.store.links import Held, Memory
from bankview.sync.merge import merge

ME = "bank|iban|NO93|NOK"
NOW = datetime(2026, 2, 1, tzinfo=UTC)
FIRST = date(2026, 1, 1)


def held(
    day: int, minor: int, text: str = "REMA 1000", bank_id: str = "", **facts: Any
) -> Transaction:
    """Return a row that the bank says is pending."""
    return booked(day, minor, text, bank_id, **{"status": Status.PENDING, **facts})


def booked(
    day: int, minor: int, text: str = "REMA 1000", bank_id: str = "", **facts: Any
) -> Transaction:
    status = facts.pop("status", Status.BOOKED)
    bought = facts.pop("bought", None)
    amount = Money(minor, facts.pop("currency", "NOK"))
    facts |= {"transacted_on": None if bought is None else FIRST + timedelta(days=bought)}
    return Transaction(
        "k", status, FIRST + timedelta(days=day), amount, text, bank_id=bank_id, **facts
    )


class Life:
    """An account's ledger and memory, answer by answer."""

    def __init__(self) -> None:
        self.known: tuple[Transaction, ...] = ()
        self.memory = Memory()
        self.last = Changes()

    def answer(self, *rows: Transaction, whole: bool = True, day: int = 12) -> Changes:
        today = FIRST + timedelta(days=day)
        self.last = found = merge(ME, self.known, rows, self.memory, whole=whole, today=today)
        anew = {row.id: row for row in found.update}
        self.known = (*(anew.get(row.id, row) for row in self.known), *found.insert)
        here = {row.id: row for row in found.pending}
        stays = [
            replace(one, gone=one.gone or NOW) for one in self.memory.held if one.row.id not in here
        ]
        self.memory = replace(
            self.memory,
            held=(*stays, *(Held(row, NOW) for row in here.values())),
            linked=self.memory.linked | set(found.links),
            suggested=self.memory.suggested | set(found.suggestions),
        )
        return found

    @property
    def linked(self) -> list[tuple[str, str]]:
        """The texts of what is linked."""
        texts = {one.row.id: one.row.description for one in self.memory.held}
        texts |= {row.id: row.description for row in self.known}
        return [(texts[one], texts[other]) for one, other in sorted(self.memory.linked)]


@pytest.fixture
def life() -> Life:
    return Life()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (held(3, -4990), booked(3, -4990)),
        (held(3, -4990), booked(11, -4990, "*4021 REMA 1000 04.01", "7")),
        (held(3, -4990, bank_id="000"), booked(5, -4990, bank_id="80001")),
        (held(3, -4990, "Reservert 12.03 SHOP"), booked(5, -4990, "Shop AS")),
        (held(3, -4990, "Visa", "7"), booked(5, -4990, "Shop AS", "7")),
        (held(3, -4990, "Visa"), booked(5, -4990, "Shop AS")),
        (held(3, -40000, "Bistro"), booked(5, -46000, "Bistro")),
        (held(3, -100000, "Circle K"), booked(4, -61200, "CIRCLE K 04.01")),
        (held(3, -100, "Esso"), booked(4, -80330, "Esso")),
        (held(3, -11240, "Hotel", original=Money(-1000, "EUR")),
         booked(6, -11377, "HOTEL ROMA", original=Money(-1000, "EUR"))),
        (held(3, 25050, "Salary"), booked(4, 25050, "Salary")),
        (held(9, -4990, bought=3), booked(5, -4990)),
    ],
    ids=["same", "eight days", "zeros", "date in text", "bank id", "telling amount", "tip", "fuel", "card tried",
         "currency", "money in", "expected later"],
)  # fmt: skip
def test_what_was_pending_is_linked_to_what_it_became(
    life: Life, before: Transaction, after: Transaction
) -> None:
    life.answer(before)
    found = life.answer(after)
    assert life.linked == [(before.description, after.description)]
    assert found.suggestions == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (held(3, -4990), booked(12, -4990)),
        (held(3, -4990), booked(2, -4990)),
        (held(3, -5000, "Visa"), booked(5, -5000, "Shop AS")),
        (held(3, -40000, "Bistro"), booked(5, -55000, "Bistro")),
        (held(3, -4990, bought=3), booked(5, -4990, bought=5)),
        (held(3, -4990, "Visa", "7"), booked(5, -9990, "Shop AS", "7")),
    ],
    ids=["nine days", "a day before", "round amount", "no tip", "another purchase", "id alone"],
)
def test_what_is_only_likely_is_asked(life: Life, before: Transaction, after: Transaction) -> None:
    life.answer(before)
    found = life.answer(after)
    assert found.links == ()
    assert [pair[1] for pair in found.suggestions] == [found.insert[0].id]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (held(3, -4990), booked(3, 4990)),
        (held(3, -4990), booked(20, -4990)),
        (held(3, -4990), booked(4, -3175, "Other shop")),
        (held(3, -4990), booked(4, -300)),
    ],
    ids=["refund", "weeks later", "another shop", "another sum"],
)
def test_what_is_not_alike_is_not_even_asked(
    life: Life, before: Transaction, after: Transaction
) -> None:
    life.answer(before)
    found = life.answer(after)
    assert (found.links, found.suggestions) == ((), ())


def test_two_candidates_are_never_chosen_from(life: Life) -> None:
    life.answer(held(3, -4990))
    found = life.answer(booked(4, -4990), booked(5, -4990))
    assert found.links == ()
    assert len(found.suggestions) == 2


def test_one_booked_row_for_two_pending_ones_is_never_given_to_either(life: Life) -> None:
    life.answer(held(3, -4990), held(4, -4990))
    found = life.answer(booked(5, -4990))
    assert found.links == ()
    assert len(found.suggestions) == 2


def test_of_many_that_are_alike_none_is_forgotten_as_a_rival(life: Life) -> None:
    life.answer(*(held(0, -3900, "Kaffebar") for _ in range(3)))
    first = [booked(day, -3900, "Kaffebar") for day in (1, 2)]
    life.answer(*first)
    pendings, bookeds = (sorted({pair[side] for pair in life.memory.suggested}) for side in (0, 1))
    said = frozenset(zip(pendings[:2], bookeds, strict=True))
    life.memory = replace(life.memory, linked=said)
    last = [booked(0, -3900, "KAFFEBAR 01.01"), booked(3, -3900, "KAFFEBAR 04.01")]
    for _ in range(2):
        life.answer(*first, *last)
        assert life.memory.linked == said
        assert {(pendings[2], row.id) for row in life.known[2:]} <= life.memory.suggested


def test_what_is_left_of_a_question_is_no_answer(life: Life) -> None:
    """Of twins one is as good an answer as the other: the cup that is left may be another day's."""
    cup, waits = "Kaffebar", held(0, -3900, "Kaffebar", "a")
    life.answer(waits, held(0, -3900, cup, "b"))
    mine, other = booked(0, -3900, cup, "c"), booked(1, -3900, cup, "d")
    life.answer(waits, mine, other, day=2)
    named = {one.row.bank_id: one.row.id for one in life.memory.held}
    named |= {row.bank_id: row.id for row in life.known}
    life.memory = replace(life.memory, linked=frozenset({(named["a"], named["c"])}))
    for rows in ((waits, mine, other), (mine, other)):
        assert life.answer(*rows, day=3).links == ()
    assert (named["b"], named["d"]) in life.memory.suggested
    later = booked(2, -3900, cup, "e")
    assert life.answer(mine, other, later, day=4).links == ()
    ((own, _),) = life.answer(mine, other, later, booked(3, -3900, cup, "b"), day=4).links
    assert own == named["b"]


def test_the_day_of_the_purchase_tells_two_candidates_apart(life: Life) -> None:
    life.answer(held(3, -4990, "Kiosk"), held(4, -4990, "Kiosk"))
    life.answer(booked(6, -4990, "Kiosk A", bought=4), booked(6, -4990, "Kiosk B", bought=3))
    pendings = {one.row.id: one.row.booked_on for one in life.memory.held}
    bookeds = {row.id: row.transacted_on for row in life.known}
    assert {(pendings[p], bookeds[b]) for p, b in life.memory.linked} == {
        (FIRST + timedelta(days=day), FIRST + timedelta(days=day)) for day in (3, 4)
    }


def test_the_surer_sign_comes_first(life: Life) -> None:
    """A purchase of the same sum beats one at the same shop that could be a tip."""
    life.answer(held(3, -10000, "Bistro"))
    found = life.answer(booked(4, -11000, "Bistro"), booked(4, -10000, "BISTRO OSLO"))
    assert life.linked == [("Bistro", "BISTRO OSLO")]
    assert found.suggestions == ()


def test_a_fee_that_carries_its_purchase_s_id_stays_a_row_of_its_own(life: Life) -> None:
    life.answer(held(3, -10000, "Hotel", "9"))
    found = life.answer(booked(4, -10000, "Hotel", "9"), booked(4, -175, "Fee", "9"))
    assert life.linked == [("Hotel", "Hotel")]
    assert len(found.insert) == 2
    assert found.suggestions == ()


def test_a_purchase_and_its_reversal_are_two_rows_and_only_one_was_pending(life: Life) -> None:
    life.answer(held(3, -4990))
    found = life.answer(booked(4, -4990), booked(4, 4990, "REMA 1000 retur"))
    assert len(found.insert) == 2
    assert life.linked == [("REMA 1000", "REMA 1000")]


def test_what_the_bank_still_shows_as_pending_is_not_linked_but_asked(life: Life) -> None:
    found = (life.answer(held(3, -4990)), life.answer(held(3, -4990), booked(4, -4990)))[1]
    assert found.links == ()
    assert len(found.suggestions) == 1


def test_it_is_linked_once_the_bank_shows_it_no_longer(life: Life) -> None:
    life.answer(held(3, -4990))
    life.answer(held(3, -4990), booked(4, -4990))
    assert life.answer(booked(4, -4990)).links == tuple(life.memory.linked)
    assert life.linked == [("REMA 1000", "REMA 1000")]


def test_what_was_pending_long_after_a_row_came_is_for_the_person_to_say(life: Life) -> None:
    life.answer(held(3, -4990), day=4)
    life.answer(held(3, -4990), booked(4, -4990), day=4)
    assert life.answer(booked(4, -4990), day=13).links == ()
    assert len(life.memory.suggested) == 1


def test_what_vanished_over_the_week_end_is_linked_when_it_is_booked(life: Life) -> None:
    life.answer(held(3, -4990))
    life.answer()
    assert life.answer(booked(6, -4990, "REMA 1000 04.01")).links


def test_a_changed_sum_is_not_linked_over_a_gap(life: Life) -> None:
    life.answer(held(3, -40000, "Bistro"))
    life.answer()
    found = life.answer(booked(5, -46000, "Bistro"))
    assert (found.links, len(found.suggestions)) == ((), 1)


def test_a_declined_pair_is_never_asked_again(life: Life) -> None:
    life.answer(held(3, -5000, "Visa"))
    (pair,) = life.answer(booked(5, -5000, "Shop AS")).suggestions
    life.memory = replace(life.memory, suggested=frozenset(), declined=frozenset([pair]))
    found = life.answer(booked(5, -5000, "Shop AS"))
    assert (found.links, found.suggestions) == ((), ())


def test_what_was_corrected_once_is_still_a_rival_of_others(life: Life) -> None:
    """One cup of two is said to be the other one; the cup that comes next may be either of those that are left."""
    life.answer(held(0, -3900, "Kaffebar"), held(1, -3900, "Kaffebar"))
    life.answer(booked(1, -3900, "Kaffebar"))
    wrong = min(life.memory.suggested)
    life.memory = replace(
        life.memory, declined=frozenset({wrong}), suggested=life.memory.suggested - {wrong}
    )
    found = life.answer(booked(1, -3900, "Kaffebar"), booked(2, -3900, "Kaffebar"))
    assert not found.links
    assert len(found.suggestions) == 2


def test_what_was_taken_apart_is_a_rival_of_what_was_asked_meanwhile(life: Life) -> None:
    cup, first, second = "Kaffebar", booked(1, -3900, "Kaffebar"), booked(4, -3900, "Kaffebar")
    life.answer(held(0, -3900, cup), held(1, -3900, cup))
    (wrong,) = life.answer(held(0, -3900, cup), first).links
    life.answer(held(0, -3900, cup), first, second)
    life.memory = replace(life.memory, linked=frozenset(), declined=frozenset({wrong}))
    found = life.answer(first, second)
    assert (found.links, found.suggestions) == ((), ())
    assert len(life.memory.suggested) == 1


def test_a_booked_row_that_was_taken_apart_is_a_rival_of_what_comes(life: Life) -> None:
    """Of two cups the person moves one from its booked row to another: the row that is free may be the cup that is left."""
    cup, first = "Kaffebar", booked(1, -3900, "Kaffebar")
    life.answer(held(0, -3900, cup), held(1, -3900, cup))
    (wrong,) = life.answer(held(0, -3900, cup), first).links
    life.memory = replace(
        life.memory, linked=frozenset({(wrong[0], "another")}), declined=frozenset({wrong})
    )
    found = life.answer(first, booked(3, -3900, "*4021 KAFFEBAR"))
    assert found.links == ()
    assert len(found.suggestions) == 1


def test_a_question_is_asked_once(life: Life) -> None:
    life.answer(held(3, -5000, "Visa"))
    assert life.answer(booked(5, -5000, "Shop AS")).suggestions
    assert life.answer(booked(5, -5000, "Shop AS")).suggestions == ()


def ids(changes: Changes) -> list[str]:
    return [row.id for row in changes.pending]


@pytest.mark.parametrize(
    "later",
    [
        held(3, -4990, "Rema Torshov"),
        held(5, -4990, bank_id="7"),
        held(3, -3990),
        held(3, -4990, bank_id="8"),
    ],
    ids=["text", "day", "amount", "bank id"],
)
def test_a_pending_row_keeps_its_id_while_the_bank_changes_it(
    life: Life, later: Transaction
) -> None:
    first = held(3, -4990, bank_id="7" if later.bank_id == "7" else "")
    before = ids(life.answer(first))
    assert ids(life.answer(later)) == before


def test_a_pending_twin_keeps_its_id_when_the_other_is_booked(life: Life) -> None:
    first, second = ids(life.answer(held(3, -4990), held(3, -4990)))
    found = life.answer(held(3, -4990), booked(4, -4990))
    assert ids(found)[0] in {first, second}
    assert found.links[0][0] in {first, second} - set(ids(found))


def test_a_pending_row_that_comes_back_is_what_it_was(life: Life) -> None:
    before = ids(life.answer(held(3, -4990)))
    life.answer()
    assert ids(life.answer(held(3, -4990))) == before


def test_what_an_answer_leaves_out_is_no_other_row_of_its_shop_and_day(life: Life) -> None:
    (first,) = life.answer(held(3, -976, "Kiosk")).pending
    (second,) = life.answer(held(3, -58833, "Kiosk"), whole=False).pending
    assert second.id != first.id
    both = life.answer(held(3, -976, "Kiosk"), held(3, -58833, "Kiosk")).pending
    assert [row.id for row in both] == [first.id, second.id]


def test_a_second_purchase_like_one_that_was_booked_is_another_row(life: Life) -> None:
    before = ids(life.answer(held(3, -4990)))
    life.answer(booked(3, -4990))
    again = life.answer(booked(3, -4990), held(3, -4990))
    assert ids(again) != before
    assert again.links == ()


def test_another_purchase_at_the_same_shop_is_not_the_one_that_was_booked(life: Life) -> None:
    life.answer(held(3, -4990))
    found = life.answer(booked(3, -4990), held(3, -8050))
    assert len(found.links) == 1
    assert ids(found)[0] != found.links[0][0]


@pytest.mark.parametrize(
    ("shop", "before", "now", "final"),
    [("Circle K", -100000, -150000, -61200), ("Bistro", -98079, -4295, -110830)],
    ids=["raised, or filled up twice", "with a tip, and once more"],
)
def test_what_may_be_booked_or_have_another_sum_is_neither_but_asked(
    life: Life, shop: str, before: int, now: int, final: int
) -> None:
    """The one that is pending now has no words of the other's, and stands for itself when it is booked."""
    known = ids(life.answer(held(3, before, shop)))
    first = booked(3, final, shop)
    found = life.answer(held(3, now, shop), first)
    assert ids(found) != known
    assert found.links == ()
    ((asked, _),) = found.suggestions
    assert [asked] == known
    (later,) = life.answer(first, booked(4, now, shop)).links
    assert later[0] == ids(found)[0]


def test_what_has_another_sum_is_the_same_where_nothing_was_booked(life: Life) -> None:
    known = ids(life.answer(held(3, -100000, "Circle K")))
    assert ids(life.answer(held(3, -150000, "Circle K"))) == known
    assert ids(life.answer(held(3, -100000, "Circle K"), booked(3, -4990))) == known


def test_what_has_two_bank_ids_is_two_purchases_though_shop_and_day_are_one(life: Life) -> None:
    before = ids(life.answer(held(3, -34160, "Bistro", "7")))
    assert ids(life.answer(held(3, -101, "Bistro", "8"))) != before
