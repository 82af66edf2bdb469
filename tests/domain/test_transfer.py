"""Two sides of a transfer find each other, whatever the order in which they are looked at."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bankview.domain.transfer import Candidate, Evidence, Found, Side, pair_up

NOTHING, WORDS, NUMBER = Evidence


def side(account: int, n: int) -> Side:
    return Side(account, f"{account}-{n}")


def made(
    out: Side, into: Side, evidence: Evidence = NUMBER, days: int = 0, exact: bool = True
) -> Candidate:
    return Candidate(out, into, days, evidence, exact)


A, A2, B, B2, C = side(1, 1), side(1, 2), side(2, 1), side(2, 2), side(3, 1)


def test_a_number_or_a_name_makes_a_pair_certain() -> None:
    assert pair_up([made(A, B, NUMBER)]) == pair_up([made(A, B, WORDS)]) == Found(((A, B),))


def test_without_evidence_a_pair_is_asked_about() -> None:
    assert pair_up([made(A, B, NOTHING)]) == Found((), ((A, B),))


def test_without_evidence_nothing_is_asked_where_there_is_a_choice() -> None:
    assert pair_up([made(A, B, NOTHING), made(A, C, NOTHING)]) == Found()


def test_twins_between_two_accounts_are_paired_by_day() -> None:
    all_ = [made(A, B), made(A, B2, days=1), made(A2, B, days=1), made(A2, B2)]
    assert pair_up(all_).certain == ((A, B), (A2, B2))


def test_a_choice_between_accounts_is_asked_about() -> None:
    assert pair_up([made(A, B, WORDS), made(A, C, WORDS, days=1)]) == Found((), ((A, B),))


def test_a_number_decides_what_names_leave_open() -> None:
    assert pair_up([made(A, B, WORDS), made(A, C, NUMBER, days=3)]) == Found(((A, C),))


def test_in_two_currencies_a_choice_is_asked_about() -> None:
    assert pair_up([made(A, B, exact=False)]) == Found(((A, B),))
    assert pair_up([made(A, B, exact=False), made(A, B2, exact=False, days=1)]) == Found(
        (), ((A, B),)
    )


def test_what_was_declined_is_not_made_again_and_stands_in_no_way() -> None:
    assert pair_up([made(A, B), made(A, B2, days=1)], {(A, B)}) == Found(((A, B2),))


SIDES = st.builds(side, st.integers(1, 3), st.integers(1, 3))
CANDIDATES = st.lists(
    st.builds(
        made, SIDES, SIDES, st.sampled_from(Evidence), st.integers(0, 3), st.booleans()
    ).filter(lambda one: one.out.account_id != one.into.account_id),
    max_size=12,
    unique_by=lambda one: one.pair,
)


@given(CANDIDATES.flatmap(lambda all_: st.tuples(st.just(all_), st.permutations(all_))))
def test_no_row_is_in_two_transfers_and_the_order_does_not_count(
    asked: tuple[list[Candidate], list[Candidate]],
) -> None:
    candidates, shuffled = asked
    found = pair_up(candidates)
    sides = [one for pair in (*found.certain, *found.doubtful) for one in pair]
    assert len(set(sides)) == len(sides)
    assert {*found.certain, *found.doubtful} <= {one.pair for one in candidates}
    assert pair_up(shuffled) == found
