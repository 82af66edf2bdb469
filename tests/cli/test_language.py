"""The command line speaks one language: argparse's own words too."""

from __future__ import annotations

import argparse
import inspect
import re
from typing import TYPE_CHECKING

import pytest

from bankview import language
from bankview.banks import _schema
from bankview.cli import main
from bankview.cli.arguments import SAID
from bankview.cli.doctor import Finding, _lines

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=["nb", "fr", "de"])
def tag(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", f"{request.param}.UTF-8")
    monkeypatch.setenv("LANGUAGE", request.param)
    yield request.param
    language.use("en")
    vars(argparse)["_"] = str


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    with pytest.raises(SystemExit):
        main.main(argv)
    shown = capsys.readouterr()
    return shown.out + shown.err


@pytest.mark.parametrize(
    ("argv", "english"),
    [
        (["--help"], ["usage", "show this", "show the"]),
        (["disconnect", "--help"], ["positional", "usage"]),
        (["export", "--nope"], ["unrecognized", "error:"]),
        (["token"], ["required"]),
        (["token", "x", "frobnicate"], ["invalid choice", "choose from"]),
        (["export", "--preset"], ["expected one"]),
        (["sandbox", "--port", "x"], ["invalid int"]),
        (["connect"], ["one of the arguments"]),
    ],
)
def test_no_english_word_of_argparse_is_left(
    tag: str, argv: list[str], english: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    shown = said(capsys, *argv)
    assert shown
    assert [word for word in english if word in shown] == [], tag


def test_what_is_translated_is_what_argparse_says() -> None:
    source = inspect.getsource(argparse).replace("\\n", "\n")
    assert [text for text in SAID if text not in source] == []


@pytest.mark.parametrize("other", ["nb", "fr", "de"])
def test_a_translation_takes_the_same_values(other: str) -> None:
    forms, _ = language.read(language.catalogue(other))
    values = re.compile(r"%(?:\(\w+\))?[sr]")
    for text in SAID:
        assert sorted(values.findall(forms[text][0])) == sorted(values.findall(text))


def test_the_doctor_s_columns_stand_below_each_other(tag: str) -> None:
    language.use(tag)
    findings = (
        Finding("name", True, "x"),
        Finding("name", False, "x", "cure"),
        Finding("name", False, "x", "cure", needed=False),
    )
    lines = [line for one in findings for line in _lines(one)]
    begins = {line.index("name" if "name" in line else "cure") for line in lines}
    assert len(begins) == 1


@pytest.mark.parametrize(
    ("profile", "english"),
    [
        ({"id": "mine", "name": 3}, ["the bank's name", "a text in quotes"]),
        ({"id": "mine"}, ["the bank's name", "is missing"]),
    ],
)
def test_what_is_wrong_with_a_profile_is_said_in_the_language(
    tag: str, profile: dict[str, object], english: list[str]
) -> None:
    language.use(tag)
    with pytest.raises(_schema.Problem) as caught:
        _schema.check(profile)
    assert [word for word in english if word in caught.value.text] == []
