"""Round values, pixels and thinning, for any numbers."""

from __future__ import annotations

import itertools

from hypothesis import example, given
from hypothesis import strategies as st

from bankview.ui.charts.scale import Scale, grid, thinned

#: Fifteen digits and two decimals, either way.
AMOUNTS = st.integers(-(10**17), 10**17)


@given(AMOUNTS, AMOUNTS)
@example(5, 6)
def test_a_grid_has_three_or_four_values_evenly_apart_around_all_amounts(
    one: int, other: int
) -> None:
    low, high = sorted((one, other))
    values = grid(low, high)
    assert len(values) in {3, 4}
    assert values[0] <= low <= high <= values[-1]
    assert len({b - a for a, b in itertools.pairwise(values)}) == 1


@given(AMOUNTS, AMOUNTS)
def test_a_grid_begins_with_two_digits_at_most(one: int, other: int) -> None:
    low, high = sorted((one, other))
    first, second, *_ = grid(low, high)
    assert len(str(second - first).rstrip("0")) <= 2


@given(AMOUNTS, AMOUNTS)
def test_no_more_than_two_thirds_of_a_grid_are_empty(one: int, other: int) -> None:
    low, high = sorted((one, other))
    values = grid(low, high)
    if high - low > 1000:
        assert (high - low) * 3 >= values[-1] - values[0]


def test_a_balance_that_never_moves_has_a_grid_around_it() -> None:
    assert grid(0, 0) == (-100, 0, 100)
    assert grid(250_000, 250_000)[0] < 250_000 < grid(250_000, 250_000)[-1]


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.booleans())
def test_a_pixel_finds_the_value_that_lies_there(count: int, value: int, down: bool) -> None:
    value = min(value, count)
    scale = Scale(0, count, *((900.0, 20.0) if down else (20.0, 900.0)))
    assert scale.nearest(scale.at(value)) == value


@given(st.integers(1, 5000), st.floats(-1e6, 1e6))
def test_a_pixel_beside_the_scale_finds_its_end(count: int, pixel: float) -> None:
    assert 0 <= Scale(0, count, 10.0, 500.0).nearest(pixel) <= count


@given(AMOUNTS, st.floats(0, 1))
def test_a_value_lies_between_the_ends(value: int, share: float) -> None:
    low, high = value - int(share * 1000), value + 1000
    assert 30.0 <= Scale(low, high, 200.0, 30.0).at(value) <= 200.0


@given(st.lists(AMOUNTS, min_size=1, max_size=3000), st.integers(1, 200))
def test_thinning_keeps_ends_and_extremes(values: list[int], columns: int) -> None:
    places = thinned(values, columns)
    kept = [values[place] for place in places]
    assert places == sorted(set(places))
    assert (kept[0], kept[-1], min(kept), max(kept)) == (
        values[0],
        values[-1],
        min(values),
        max(values),
    )
    assert len(places) <= 4 * columns
