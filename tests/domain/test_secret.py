"""A secret does not show itself."""

from __future__ import annotations

import copy
import json
import pickle
import traceback

import pytest

from bankview.domain.secret import Secret

CANARY = "kanari-3f9A"


@pytest.mark.parametrize(
    "shown",
    [
        repr(Secret(CANARY)),
        str(Secret(CANARY)),
        f"{Secret(CANARY)}",
        f"{Secret(CANARY)!r:>40}",
        "%s %r" % (Secret(CANARY), Secret(CANARY)),  # noqa: UP031 - as logging formats
        str([Secret(CANARY)]),
        str({"token": Secret(CANARY)}),
    ],
)
def test_no_way_of_showing_it_shows_its_text(shown: str) -> None:
    assert CANARY not in shown


def test_only_reveal_gives_its_text() -> None:
    assert Secret(CANARY).reveal() == CANARY


def test_it_has_no_dict_to_look_into() -> None:
    assert not hasattr(Secret(CANARY), "__dict__")


@pytest.mark.parametrize("keep", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps])
def test_it_is_not_pickled_copied_or_made_json(keep: object) -> None:
    assert callable(keep)
    with pytest.raises(TypeError):
        keep(Secret(CANARY))


def test_it_is_no_key_of_a_dict() -> None:
    with pytest.raises(TypeError):
        hash(Secret(CANARY))


def test_equal_texts_are_equal_secrets_and_nothing_else_is() -> None:
    assert Secret(CANARY) == Secret(CANARY)
    assert Secret(CANARY) != Secret(CANARY + "x")
    assert Secret(CANARY) != CANARY
    assert Secret("ø") == Secret("ø")


def test_an_empty_one_is_false_and_says_so() -> None:
    assert not Secret()
    assert Secret("x")
    assert (repr(Secret()), repr(Secret("x"))) == ("Secret()", "Secret(***)")


def test_a_traceback_with_locals_does_not_show_it() -> None:
    token = Secret(CANARY)
    try:
        token.nothing  # type: ignore[attr-defined]  # noqa: B018
    except AttributeError as error:
        shown = "".join(
            traceback.TracebackException.from_exception(error, capture_locals=True).format()
        )
    assert "token" in shown
    assert CANARY not in shown


def test_odd_text_can_be_compared() -> None:
    assert Secret("\udce9") == Secret("\udce9")
