"""The recovery key: easy to write down, forgiving to type, and no mistake goes through."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.errors import KeychainError, WrongPassphraseError
from bankview.keychain import looks_right, new_key, new_recovery_key, unwrap, wrap
from bankview.keychain.recovery_key import ALPHABET

#: Made once and kept: what people printed must open their ledger for ever.
KNOWN = "V4SM-FJHQ-C9FF-YYRA-RHXS-EP1W-567Y-4SGQ"
KNOWN_WRAPPED = (
    "bankview-recovery-1.OTXX-1b5qroPID4OAn6mwG7ikzaDwwPNeNgqyEGdnwvnqrOr4YavGdqeRTf3SHZm9e--"
    "JbQ4HqLE515hNaX08BpQSkL194mZaHNbzg=="
)


def test_it_reads_as_eight_groups_of_four() -> None:
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}", new_recovery_key())


def test_no_two_are_the_same() -> None:
    assert len({new_recovery_key() for _ in range(200)}) == 200


def test_every_letter_of_the_alphabet_turns_up() -> None:
    assert set("".join(new_recovery_key()[:31] for _ in range(60))) >= set(ALPHABET)


def test_a_new_one_looks_right() -> None:
    assert all(looks_right(new_recovery_key()) for _ in range(50))


@pytest.mark.parametrize(
    "typed",
    [
        str.lower,
        lambda key: key.replace("-", ""),
        lambda key: key.replace("-", " "),
        lambda key: f"  {key}\n",
        lambda key: key.replace("-", "\N{EN DASH}"),
        lambda key: key.replace("-", "\N{NO-BREAK SPACE}"),
        lambda key: key.replace("-", " - "),
        lambda key: key.replace("0", "O").replace("1", "l"),
        lambda key: key.replace("0", "o").replace("1", "i"),
        lambda key: "-".join(key.replace("-", "")),
        lambda key: key.replace("-", "\r\n\t"),
    ],
)
def test_case_spaces_dashes_and_look_alikes_are_forgiven(typed: object) -> None:
    recovery, key = new_recovery_key(), new_key()
    assert callable(typed)
    assert unwrap(wrap(key, recovery), typed(recovery)) == key


def test_every_wrong_letter_is_found() -> None:
    key = new_recovery_key().replace("-", "")
    for at, letter in enumerate(key):
        for other in ALPHABET.replace(letter, ""):
            assert not looks_right(key[:at] + other + key[at + 1 :])


def test_every_two_neighbours_that_changed_places_are_found() -> None:
    key = new_recovery_key().replace("-", "")
    for at, (one, two) in enumerate(pairwise(key)):
        if one != two:
            assert not looks_right(key[:at] + two + one + key[at + 2 :])


def test_every_letter_too_few_or_too_many_is_found() -> None:
    key = new_recovery_key().replace("-", "")
    assert not any(looks_right(key[:at] + key[at + 1 :]) for at in range(32))
    assert not any(looks_right(key[:at] + "7" + key[at:]) for at in range(33))


@given(st.sets(st.integers(0, 31), min_size=2, max_size=4), st.integers(1, 31))
def test_up_to_four_wrong_letters_are_found(places: set[int], shift: int) -> None:
    key = list(new_recovery_key().replace("-", ""))
    for at in places:
        key[at] = ALPHABET[(ALPHABET.index(key[at]) + shift) % 32]
    assert not looks_right("".join(key))


@given(st.text())
def test_other_text_does_not_look_right(text: str) -> None:
    assert not looks_right(text)


def test_it_opens_what_it_wrapped() -> None:
    key, recovery = new_key(), new_recovery_key()
    assert unwrap(wrap(key, recovery), recovery) == key


def test_what_was_wrapped_long_ago_opens_still() -> None:
    assert unwrap(KNOWN_WRAPPED, KNOWN.lower()) == bytes(range(32))


def test_another_one_does_not_open_it() -> None:
    wrapped = wrap(new_key(), new_recovery_key())
    with pytest.raises(WrongPassphraseError, match="another ledger"):
        unwrap(wrapped, new_recovery_key())


@pytest.mark.parametrize("text", ["", "hello", KNOWN[:-1], KNOWN[1:], "0" * 32])
def test_a_typing_error_says_so(text: str) -> None:
    wrapped = wrap(new_key(), new_recovery_key())
    with pytest.raises(WrongPassphraseError, match="typing error"):
        unwrap(wrapped, text)


def test_wrapping_twice_gives_different_texts() -> None:
    key, recovery = new_key(), new_recovery_key()
    assert wrap(key, recovery) != wrap(key, recovery)


def test_the_wrapped_text_shows_neither_key() -> None:
    key, recovery = new_key(), new_recovery_key()
    wrapped = wrap(key, recovery)
    assert recovery not in wrapped
    assert key.hex() not in wrapped


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[:-4],
        lambda text: text + "AAAA",
        lambda text: text.partition(".")[2],
        lambda text: "bankview-recovery-2" + text[19:],
        lambda text: text[:20] + "æ" + text[21:],
    ],
)
def test_damaged_wrapping_is_an_error_of_its_own(damage: object) -> None:
    recovery = new_recovery_key()
    assert callable(damage)
    with pytest.raises(KeychainError) as caught:
        unwrap(damage(wrap(new_key(), recovery)), recovery)
    assert not isinstance(caught.value, WrongPassphraseError)


def test_only_a_key_of_32_bytes_is_wrapped() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        wrap(b"short", new_recovery_key())


def test_only_a_real_recovery_key_wraps() -> None:
    with pytest.raises(WrongPassphraseError):
        wrap(new_key(), "a passphrase of mine")


def test_a_new_key_is_32_random_bytes() -> None:
    assert len({new_key() for _ in range(50)}) == 50
    assert len(new_key()) == 32
