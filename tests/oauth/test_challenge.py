"""WWW-Authenticate as servers write it, and as nobody should."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.oauth.challenge import LONGEST, Challenge, read_challenges

NONCE = {"error": "use_dpop_nonce"}


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", []),
        ("Bearer", [("bearer", {})]),
        ('DPoP error="use_dpop_nonce"', [("dpop", NONCE)]),
        ("dpop error=use_dpop_nonce", [("dpop", NONCE)]),
        ('DPOP ERROR = "use_dpop_nonce" , Algs="ES256 PS256"', [("dpop", {**NONCE, "algs": "ES256 PS256"})]),
        ('Bearer realm="a, DPoP error=\\"x\\"", DPoP error="use_dpop_nonce"',
         [("bearer", {"realm": 'a, DPoP error="x"'}), ("dpop", NONCE)]),
        ('DPoP error="use_dpop_nonce", Bearer', [("dpop", NONCE), ("bearer", {})]),
        ('Negotiate abc/def==, DPoP error="use_dpop_nonce"', [("negotiate", {}), ("dpop", NONCE)]),
        (', ,DPoP error="use_dpop_nonce",,', [("dpop", NONCE)]),
        ('DPoP error="invalid_token", error="use_dpop_nonce"', [("dpop", {"error": "invalid_token"})]),
        ('error="use_dpop_nonce"', []),
        ('DPoP error="use_dpop_nonce', [("dpop", {})]),
        ('DPoP\x00error="use_dpop_nonce"', []),
    ],
)  # fmt: skip
def test_a_header_is_read_as_far_as_it_can_be(
    header: str, found: list[tuple[str, dict[str, str]]]
) -> None:
    assert read_challenges(header) == tuple(Challenge(*one) for one in found)


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(header: str) -> None:
    for challenge in read_challenges(header):
        assert challenge.scheme
        assert challenge.scheme == challenge.scheme.lower()


TOKEN = st.text("abcXYZ0-9_.", min_size=1, max_size=8)
VALUE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20)
PARAMETERS = st.dictionaries(TOKEN.map(str.lower), VALUE, max_size=4)


@given(st.lists(st.tuples(TOKEN, PARAMETERS), max_size=4))
def test_what_is_written_as_the_standard_says_is_read_back(
    written: list[tuple[str, dict[str, str]]],
) -> None:
    def quoted(value: str) -> str:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    header = ", ".join(
        f"{scheme} {', '.join(f'{name}={quoted(value)}' for name, value in parameters.items())}".strip()
        for scheme, parameters in written
    )
    assert read_challenges(header) == tuple(
        Challenge(scheme.lower(), parameters) for scheme, parameters in written
    )


@pytest.mark.parametrize("piece", ['a="', "a" * 50 + " ", ",", " \t", "a=\\", 'x "', "="])
def test_a_header_without_end_is_cut(piece: str) -> None:
    assert len(read_challenges("DPoP " + piece * 100_000)) <= LONGEST
