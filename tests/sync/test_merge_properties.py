"""Which row is which: what holds for every history of answers."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.sync.merge import merge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bankview.store.ledger import Changes

START = date(2026, 1, 1)


def made(day: int, minor: int, text: str, bank_id: str, pending: bool) -> Transaction:
    status = Status.PENDING if pending else Status.BOOKED
    booked = START + timedelta(days=day)
    amount = Money(minor, "NOK")
    return Transaction("k", status, booked, amount, text, bank_id=bank_id)


# Few values, so that twins and near twins are the rule.
ROWS = st.builds(
    made,
    st.integers(0, 9),
    st.sampled_from([-100, 100, 250]),
    st.sampled_from(["Shop", "shop ", "Café", ""]),
    st.sampled_from(["", " ", "000", "7", "8"]),
    st.booleans(),
)
ANSWERS = st.lists(ROWS, max_size=12)


def after(known: Iterable[Transaction], changes: Changes) -> tuple[Transaction, ...]:
    anew = {row.id: row for row in changes.update}
    return (*(anew.get(row.id, row) for row in known), *changes.insert)


def lived(answers: Iterable[list[Transaction]]) -> tuple[Transaction, ...]:
    known: tuple[Transaction, ...] = ()
    for answer in answers:
        known = after(known, merge("me", known, answer))
    return known


def facts(rows: Iterable[Transaction]) -> Counter[Transaction]:
    return Counter(row.but(id="") for row in rows if row.status is Status.BOOKED)


@given(ANSWERS)
def test_the_first_answer_comes_in_whole(answer: list[Transaction]) -> None:
    assert facts(lived([answer])) == facts(answer)


@given(st.lists(ANSWERS, max_size=4), ANSWERS)
def test_a_second_merge_of_the_same_answer_is_empty(
    before: list[list[Transaction]], answer: list[Transaction]
) -> None:
    again = merge("me", lived([*before, answer]), answer)
    assert (again.insert, again.update) == ((), ())


@given(st.lists(ANSWERS, max_size=4), ANSWERS)
def test_nothing_of_an_answer_is_lost(
    before: list[list[Transaction]], answer: list[Transaction]
) -> None:
    assert facts(lived([*before, answer])) >= facts(answer)


@given(st.lists(ANSWERS, max_size=5))
def test_no_id_is_given_twice(answers: list[list[Transaction]]) -> None:
    ids = [row.id for row in lived(answers)]
    assert len(ids) == len(set(ids))


@given(st.lists(ANSWERS, max_size=5))
def test_no_row_ever_leaves(answers: list[list[Transaction]]) -> None:
    ids: set[str] = set()
    for n in range(len(answers) + 1):
        now = {row.id for row in lived(answers[:n])}
        assert now >= ids
        ids = now


@given(ANSWERS, ANSWERS)
def test_an_answer_that_only_grows_is_followed_row_by_row(
    first: list[Transaction], more: list[Transaction]
) -> None:
    """A bank whose ids are its own and never change: the ledger equals the bank's."""
    whole = [*first, *more]
    assert facts(lived([first, whole])) == facts(whole)


@given(ANSWERS, st.randoms(use_true_random=False))
def test_the_order_of_an_answer_does_not_count(answer: list[Transaction], random: object) -> None:
    shuffled = list(answer)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = merge("me", (), answer), merge("me", (), shuffled)
    assert set(one.insert) == set(two.insert)
    assert set(one.pending) == set(two.pending)


@given(ANSWERS, ANSWERS, st.randoms(use_true_random=False))
def test_the_order_of_an_answer_does_not_count_for_what_is_known(
    before: list[Transaction], answer: list[Transaction], random: object
) -> None:
    known, shuffled = lived([before]), list(answer)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = merge("me", known, answer), merge("me", known, shuffled)
    assert set(one.insert) == set(two.insert)
    assert set(one.update) == set(two.update)


@given(ANSWERS, st.integers(0, 9))
def test_a_window_is_merged_as_the_whole_is(answer: list[Transaction], day: int) -> None:
    since = START + timedelta(days=day)
    known = lived([answer])
    window = merge(
        "me",
        [row for row in known if row.booked_on >= since],
        [row for row in answer if row.booked_on >= since],
    )
    assert (window.insert, window.update) == ((), ())


@given(ANSWERS)
def test_two_ways_to_the_same_rows_give_the_same_ids(answer: list[Transaction]) -> None:
    """Day by day or at once: after a re-installation every row is called what it was."""
    days = [
        [row for row in answer if row.booked_on <= START + timedelta(days=n)] for n in range(10)
    ]
    assert {row.id for row in lived(days)} == {row.id for row in lived([answer])}
