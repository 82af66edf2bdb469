"""Searches that have a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.store.saved import Saved, drop, put, saved

if TYPE_CHECKING:
    from bankview.store.database import Database


def test_a_search_is_kept_with_its_filters(db: Database) -> None:
    food = Saved("Food", "category:food", {"period": "year", "high": "500"})
    put(db, food)
    put(db, Saved("A"))
    assert saved(db) == (Saved("A"), food)


def test_a_name_in_another_case_is_the_same(db: Database) -> None:
    put(db, Saved("Food", "a"))
    put(db, Saved("FOOD", "b"))
    assert saved(db) == (Saved("FOOD", "b"),)


def test_a_search_takes_the_place_of_another(db: Database) -> None:
    put(db, Saved("Food", "a"))
    put(db, Saved("Meals", "a"), instead="food")
    assert [one.name for one in saved(db)] == ["Meals"]
    drop(db, "meals")
    assert not saved(db)
