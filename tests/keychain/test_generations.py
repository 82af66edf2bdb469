"""A value in the keychain survives a crash at any moment, whatever its length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bankview.errors import KeychainError, KeychainLossError

if TYPE_CHECKING:
    from collections.abc import Callable

LENGTHS = (0, 1, 700, 826, 1_700, 6_000)
VALUES = ["", "x", "ø" * 900, "\0", "emoji 🙂 " * 200, "\ud800 alone", "a" * 20_000, '{"v": 1}\n']


@pytest.mark.parametrize("value", VALUES, ids=lambda value: f"{len(value)}")
def test_a_value_of_any_length_and_alphabet_comes_back(
    shelf: Any, open_on: Any, value: str
) -> None:
    open_on(shelf).write("token/bank", value)
    assert open_on(shelf).read("token/bank") == value


def test_what_was_never_written_reads_as_none(shelf: Any, open_on: Any) -> None:
    assert open_on(shelf).read("token/bank") is None


def test_every_entry_is_ascii_and_shorter_than_1200_characters(shelf: Any, open_on: Any) -> None:
    open_on(shelf).write("token/bank", "ø" * 5_000)
    assert all(text.isascii() and len(text) < 1_200 for text in shelf.texts.values())


def test_every_entry_has_a_service_name_of_its_own_and_the_same_user(
    shelf: Any, open_on: Any
) -> None:
    open_on(shelf).write("token/bank", "x" * 5_000)
    assert len(shelf.texts) > 5
    assert shelf.users == {"bankview"}


def test_the_old_generation_goes(shelf: Any, open_on: Any) -> None:
    chain = open_on(shelf)
    chain.write("token/bank", "x" * 9_000)
    chain.write("token/bank", "short")
    assert len(shelf.texts) == 2


def test_deleting_leaves_nothing(shelf: Any, open_on: Any) -> None:
    chain = open_on(shelf)
    chain.write("token/bank", "x" * 9_000)
    chain.delete("token/bank")
    assert shelf.texts == {}


def test_deleting_what_is_not_there_is_no_error(shelf: Any, open_on: Any) -> None:
    open_on(shelf).delete("token/bank")


def test_names_that_differ_in_case_or_punctuation_are_different(shelf: Any, open_on: Any) -> None:
    chain = open_on(shelf)
    names = ["bank", "Bank", "bank:a:0", "bank/a", "bank%2fa", "bank a", "bånk", ""]
    for name in names:
        chain.write(name, f"value of {name}")
    assert [chain.read(name) for name in names] == [f"value of {name}" for name in names]


def test_two_homes_never_see_each_others_entries(shelf: Any, open_on: Any) -> None:
    homes = {("a", "b:c"), ("a:b", "c"), ("", "a:b:c"), ("A", "b:c"), ("a%3ab", "c")}
    for namespace, name in homes:
        open_on(shelf, namespace).write(name, f"{namespace} {name}")
    for namespace, name in homes:
        assert open_on(shelf, namespace).read(name) == f"{namespace} {name}"


@pytest.mark.parametrize("when", ["before", "between", "after"])
@pytest.mark.parametrize("new", LENGTHS)
@pytest.mark.parametrize("old", LENGTHS)
def test_a_crash_at_any_write_leaves_the_old_or_the_new_value(
    shelf: Any, open_on: Any, old: int, new: int, when: str
) -> None:
    chain = open_on(shelf)
    before, after = "o" * old, "n" * new
    for at in range(1, 40):
        chain.write("key", before)
        crashed = shelf.crash(at, when, lambda: chain.write("key", after))
        assert open_on(shelf).read("key") in {before, after}
        if not crashed:
            return
    pytest.fail("a write does not take that many steps")


@pytest.mark.parametrize("when", ["before", "between", "after"])
def test_a_crash_in_the_first_write_leaves_nothing_or_the_value(
    shelf: Any, open_on: Any, when: str
) -> None:
    chain = open_on(shelf)
    for at in range(1, 40):
        crashed = shelf.crash(at, when, lambda: chain.write("key", "n" * 3_000))
        assert open_on(shelf).read("key") in {None, "n" * 3_000}
        if not crashed:
            return
        chain.delete("key")
        assert shelf.texts == {}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["write", "delete"]),
            st.sampled_from(LENGTHS),
            st.integers(0, 25),
            st.sampled_from(["before", "between", "after"]),
        ),
        max_size=8,
    )
)
def test_any_row_of_crashes_never_brings_an_older_value_back(
    open_on: Any, new_shelf: Callable[[], Any], story: list[tuple[str, int, int, str]]
) -> None:
    shelf = new_shelf()
    expected: str | None = None
    for number, (verb, length, at, when) in enumerate(story):
        chain = open_on(shelf)
        value = str(number) * length if verb == "write" else None

        def work(value: str | None = value, chain: Any = chain) -> None:
            chain.delete("key") if value is None else chain.write("key", value)

        crashed = shelf.crash(at, when, work)
        found = open_on(shelf).read("key")
        assert found in ({expected, value} if crashed else {value})
        expected = found
    open_on(shelf).delete("key")
    assert shelf.texts == {}


@pytest.mark.parametrize("when", ["before", "between", "after"])
@pytest.mark.parametrize("first", range(1, 9))
def test_a_crash_after_a_crash_loses_nothing(
    shelf: Any, open_on: Any, first: int, when: str
) -> None:
    for second in range(1, 12):
        chain = open_on(shelf)
        chain.write("key", "old" * 900)
        shelf.crash(first, when, lambda chain=chain: chain.write("key", "newer" * 500))
        before = open_on(shelf).read("key")
        shelf.crash(second, when, lambda: open_on(shelf).write("key", "newest" * 500))
        assert open_on(shelf).read("key") in {before, "newest" * 500}


def test_deleting_without_a_manifest_never_brings_an_older_value_back(
    shelf: Any, open_on: Any
) -> None:
    for at in range(1, 20):
        chain = open_on(shelf)
        chain.write("key", "older")
        chain.write("key", "old")
        shelf.crash(4, "between", lambda chain=chain: chain.write("key", "new"))
        before = chain.read("key")
        crashed = shelf.crash(at, "after", lambda chain=chain: chain.delete("key"))
        assert open_on(shelf).read("key") in {before, None}
        if not crashed:
            return
        chain.delete("key")
    pytest.fail("a removal does not take that many steps")


def test_a_backend_that_drops_what_it_takes_is_found_out(shelf: Any, open_on: Any) -> None:
    shelf.set_password = lambda *_: None
    with pytest.raises(KeychainLossError):
        open_on(shelf).write("token/bank", "x")


def test_a_backend_that_cuts_what_it_takes_is_found_out(shelf: Any, open_on: Any) -> None:
    keep = shelf.set_password
    shelf.set_password = lambda service, user, text: keep(service, user, text[:80])
    with pytest.raises(KeychainLossError):
        open_on(shelf).write("token/bank", "x" * 500)


def test_a_backend_that_does_not_delete_is_found_out(shelf: Any, open_on: Any) -> None:
    chain = open_on(shelf)
    chain.write("token/bank", "x")
    shelf.delete_password = lambda *_: None
    with pytest.raises(KeychainError, match="let go"):
        chain.delete("token/bank")


def test_a_lost_manifest_does_not_lose_the_value(shelf: Any, open_on: Any) -> None:
    open_on(shelf).write("key", "x" * 2_000)
    del shelf.texts[min(shelf.texts, key=len)]
    assert open_on(shelf).read("key") == "x" * 2_000


def test_a_lost_piece_is_a_loss_and_not_an_absence(shelf: Any, open_on: Any) -> None:
    open_on(shelf).write("key", "x" * 2_000)
    del shelf.texts[max(shelf.texts)]
    with pytest.raises(KeychainLossError, match="key"):
        open_on(shelf).read("key")


def test_a_changed_piece_is_a_loss(shelf: Any, open_on: Any) -> None:
    open_on(shelf).write("key", "x" * 2_000)
    last = max(shelf.texts)
    shelf.texts[last] = shelf.texts[last][::-1]
    with pytest.raises(KeychainLossError):
        open_on(shelf).read("key")


def test_what_was_lost_can_be_written_anew(shelf: Any, open_on: Any) -> None:
    open_on(shelf).write("key", "x" * 2_000)
    del shelf.texts[max(shelf.texts)]
    open_on(shelf).write("key", "new")
    assert open_on(shelf).read("key") == "new"


@pytest.mark.parametrize(
    "text", ["", "garbage", "2.1.1.x.", "1.x.1.y.", "1.٣.1.y.", "1.1.1", "1..1.y."]
)
def test_a_manifest_that_is_none_does_not_hide_the_value(
    shelf: Any, open_on: Any, text: str
) -> None:
    open_on(shelf).write("key", "value")
    shelf.texts[min(shelf.texts, key=len)] = text
    assert open_on(shelf).read("key") == "value"
