"""What banks' classifications mean in the tree."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview import categories
from bankview.domain.category import TREE
from bankview.paths import resource

TABLES = tomllib.loads(resource("categories.toml").read_text("utf-8"))


def test_the_tables_name_ids_of_the_tree_alone() -> None:
    assert {id_ for table in TABLES.values() for id_ in table.values()} <= set(TREE)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("5411", "food.groceries"),
        ("5814", "food.restaurants"),
        ("5541", "transport.car"),
        ("4111", "transport.public"),
        ("6011", "cash"),
        ("3772", "travel"),
        ("0742", "health"),
        ("0743", "food.groceries"),  # a wine producer between a vet and a gardener
        ("0780", "housing.home"),
        ("0763", ""),
        ("5013", "transport.car"),
        ("5551", "leisure"),
        ("5715", "food.groceries"),
        ("5960", "insurance"),
        ("6051", "cash"),
        ("7251", "shopping.clothes"),
        ("7622", "shopping.electronics"),
        ("7631", "shopping"),
        ("8675", "transport.car"),
        ("5968", "leisure.media"),  # narrower than the range around it
        ("9999", ""),
        ("541", ""),
        ("54110", ""),
        ("५४११", ""),
        ("", ""),
        ("food", ""),
    ],
)
def test_a_merchant_category_code_has_its_category(code: str, wanted: str) -> None:
    assert categories.of_mcc(code) == wanted


@given(st.integers(0, 9999))
def test_the_narrowest_range_decides(code: int) -> None:
    found = [
        (int(high or low) - int(low), id_)
        for said, id_ in TABLES["mcc"].items()
        for low, _, high in [said.partition("-")]
        if int(low) <= code <= int(high or low)
    ]
    assert categories.of_mcc(f"{code:04}") == (min(found)[1] if found else "")


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (("GROCERIES", "SUPERMARKET", ""), "food.groceries"),
        (("Mat og drikke", "Kafé", "5411"), "food.restaurants"),  # its own word before the code
        (("Mat og drikke", "Noe nytt", "5411"), "food.groceries"),  # the code before half a word
        (("Mat og drikke", "Noe nytt", ""), "food"),
        (("Ukategorisert", "Ukategorisert", ""), ""),
        (("", "", ""), ""),
    ],
)
def test_sparebank_1_says_it_by_its_own_words_or_the_code(
    said: tuple[str, str, str], wanted: str
) -> None:
    assert categories.of_sparebank1(*said) == wanted


def test_of_a_name_alone_as_much_is_known_as_it_says() -> None:
    names = ("Mat og drikke", "5411", "Holidays", "Overføringer")
    found = [categories.of_bank(name) for name in names]
    assert found == ["food", "food.groceries", "", "transfers"]


@pytest.mark.parametrize(
    ("bank", "names", "wanted"),
    [
        ("up", ("restaurants-and-cafes", "good-life"), "food.restaurants"),
        ("up", ("something-new", "transport"), "transport"),
        ("up", ("", ""), ""),
        ("starling", ("EATING_OUT",), "food.restaurants"),
        ("starling", ("PAYMENTS",), ""),
        ("monzo", ("holidays",), "travel"),
        ("akahu", ("Cafes and restaurants", "Lifestyle"), "food.restaurants"),
        ("akahu", ("Zoos", "Lifestyle"), "leisure"),
    ],
)
def test_a_bank_s_own_names_have_their_categories(
    bank: str, names: tuple[str, ...], wanted: str
) -> None:
    assert categories.of_named(bank, *names) == wanted
