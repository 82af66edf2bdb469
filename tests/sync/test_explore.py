"""What a bank answers to a raw call, and what may not be asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bankview.errors import RateLimitedError, UnsafeRequestError, UsageError
from bankview.sync.explore import Answer, as_csv, explore, parse_parameters
from bankview.sync.sign_in import connect
from tests.oauth.conftest import JSON, Say

if TYPE_CHECKING:
    from tests.sync.conftest import OwnHome, Person, ToyBank


def answer(body: str, media: str = "application/json") -> Answer:
    return Answer(200, 0.1, {"Content-Type": media}, body.encode())


@pytest.fixture
def connected(home: OwnHome, toy: ToyBank, person: Person) -> OwnHome:
    toy.tell_accounts(Bruk="100.00")
    connect(home, toy.bank, person.front())
    return home


def test_an_answer_comes_back_whatever_its_status(connected: OwnHome, toy: ToyBank) -> None:
    toy.server.tell("/api/odd", Say(418, {"error": "teapot"}, JSON))
    found = explore(connected, "toy", "odd", [("a", "1"), ("a", "2 3")])
    assert (found.status, found.json()) == (418, {"error": "teapot"})
    assert (toy.server.seen[-1].path, toy.server.seen[-1].query) == ("/api/odd", "a=1&a=2+3")


def test_the_token_is_nowhere_in_an_answer(connected: OwnHome, toy: ToyBank) -> None:
    toy.server.tell("/api/x", Say(200, {}, JSON))
    found = explore(connected, "toy", "x")
    sent = toy.server.seen[-1].headers["Authorization"].removeprefix("Bearer ")
    assert sent
    assert sent not in repr(found)


@pytest.mark.parametrize(
    "path", ["../token", "//other.example/x", "https://other.example", "a/%2e%2e"]
)
def test_no_path_leaves_the_banks_root(connected: OwnHome, toy: ToyBank, path: str) -> None:
    before = len(toy.server.seen)
    with pytest.raises(UnsafeRequestError):
        explore(connected, "toy", path)
    assert len(toy.server.seen) == before


def test_calls_count_against_the_banks_limit(connected: OwnHome, toy: ToyBank) -> None:
    connected.toy = replace(toy.bank, calls_per_hour=3)
    toy.server.tell("/api/x", *[Say(200, {}, JSON)] * 4)
    for _ in range(3):
        explore(connected, "toy", "x")
    with pytest.raises(RateLimitedError):
        explore(connected, "toy", "x")
    assert sum(seen.path == "/api/x" for seen in toy.server.seen) == 3


def test_a_list_of_objects_is_a_table_with_every_name() -> None:
    found = answer('[{"a": 1.10, "b": null}, {"b": true, "c": {"d": [1]}}]').table()
    assert found == (("a", "b", "c"), [("1.10", "", ""), ("", "true", '{"d": [1]}')])


def test_a_list_within_is_a_table_too() -> None:
    found = answer('{"hits": 2, "none": [], "data": [{"x": "1"}, {"x": "2"}]}').table()
    assert found == (("x",), [("1",), ("2",)])


def test_csv_is_a_table() -> None:
    found = answer('a,b\r\n1,"x, y"\r\n', "text/csv; charset=utf-8").table()
    assert found == (("a", "b"), [("1", "x, y")])
    assert found
    assert as_csv(found) == b'a,b\r\n1,"x, y"\r\n'


@pytest.mark.parametrize("body", ["[1, 2]", '{"a": 1}', "[]", "nonsense", '{"a": [1, {"b": 2}]}'])
def test_what_is_no_table_is_none(body: str) -> None:
    assert answer(body).table() is None


def test_parameters_are_read_as_in_a_shell() -> None:
    assert parse_parameters("a=1 b='x y' c=k=v") == [("a", "1"), ("b", "x y"), ("c", "k=v")]
    with pytest.raises(UsageError, match="quotation mark"):
        parse_parameters("a='1")
    with pytest.raises(UsageError, match="no k=v"):
        parse_parameters("a")
