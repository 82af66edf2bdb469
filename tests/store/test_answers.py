"""Packed answers come back byte for byte, whichever version packed them."""

from __future__ import annotations

import zlib

from hypothesis import given
from hypothesis import strategies as st

from bankview.store.answers import packed, unpacked

ROW = b'{"transaction":{"id":"7","description":"Rema","amount":-12.50,"currencyCode":"NOK","bookingStatus":"BOOKED"}}'


@given(st.binary(max_size=5000))
def test_an_answer_comes_back(raw: bytes) -> None:
    assert unpacked(packed(raw)) == raw


@given(st.binary(max_size=5000))
def test_what_an_older_version_packed_is_read(raw: bytes) -> None:
    assert unpacked(zlib.compress(raw, 1)) == raw


def test_a_row_takes_less_room_than_alone() -> None:
    assert len(packed(ROW)) < len(zlib.compress(ROW, 1)) * 0.8


def test_what_was_packed_with_the_first_likeness_is_read_for_ever() -> None:
    kept = (
        "482c0a4ca536ab46f6293c4d9b0335a0c645506a6e22c81458d0191ae999028303ab2f7138b2b61600a2f6231e"
    )
    assert unpacked(bytes.fromhex(kept)) == ROW
