"""The bank with nothing but JSON: a list for who is signed in, and one for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox_process import Person, Sandbox


def test_the_list_needs_a_token_of_the_sandbox(sandbox: Sandbox, person: Person) -> None:
    refused = sandbox.send("GET", "/json-api/")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    headers = {"Authorization": f"Bearer {person.sign_in()['access_token']}"}
    rows = sandbox.send("GET", "/json-api/", headers=headers).json()
    assert len(rows) > 1
    assert all(isinstance(row, dict) for row in rows)
    sandbox.expire()
    assert sandbox.send("GET", "/json-api/", headers=headers).status_code == 401


def test_the_open_list_needs_none(sandbox: Sandbox) -> None:
    rows = sandbox.send("GET", "/json-api/open").json()
    assert rows[0]["name"] == "Fjordbanken"
    assert sandbox.send("GET", "/json-api/open/").json() == rows


def test_there_is_nothing_else_and_nothing_is_written(sandbox: Sandbox) -> None:
    assert sandbox.send("GET", "/json-api/other").status_code == 404
    assert sandbox.send("POST", "/json-api/open", json={}).status_code == 405
