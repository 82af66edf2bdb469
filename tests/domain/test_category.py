"""The tree of categories: places that never move, and parents that are there."""

from __future__ import annotations

import pytest

from bankview.domain import category
from bankview.words import category_text, category_texts


def test_each_id_has_its_place_and_is_found_there() -> None:
    assert [category.at(category.place(id_)) for id_ in category.TREE] == list(category.TREE)
    assert len(set(category.TREE)) == len(category.TREE)


@pytest.mark.parametrize("place", [-1, 0, len(category.TREE) + 1])
def test_there_is_nothing_beyond_the_tree(place: int) -> None:
    assert category.at(place) == ""


def test_the_places_that_ledgers_hold_never_move() -> None:
    known = ("income", "food.groceries", "transport.car", "leisure.media", "transfers")
    assert [category.place(id_) for id_ in known] == [1, 10, 14, 22, 31]


def test_each_id_lies_below_one_of_the_tree() -> None:
    assert {category.parent(id_) for id_ in category.TREE} <= set(category.TREE)
    assert category.parent("food.groceries") == category.parent("food") == "food"


def test_a_word_of_the_person_is_its_own_parent_and_its_own_name() -> None:
    assert category.parent("Mr. Ed’s oats") == "Mr. Ed’s oats" == category_text("Mr. Ed’s oats")
    assert category.place("Mr. Ed’s oats") == 0


def test_each_id_has_a_name_of_its_own() -> None:
    names = category_texts()
    assert tuple(names) == category.TREE
    assert len(set(names.values())) == len(names)
    assert category_text("food.groceries") == "Groceries"
