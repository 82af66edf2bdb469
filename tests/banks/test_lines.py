"""The line of a key, in every form that TOML gives it."""

from __future__ import annotations

import pytest

from bankview.banks._lines import line_of

TEXT = '''\
# oauth.issuer = "a comment"
name = """
id = "inside a text"
"""
id = "x"

headers = { a = "1",  b = "2" }
scopes = [
  "one",
  "two",
]
oauth.issuer = "dotted"

[tls]
"ca" = "x" # and a comment

[deep.er.still]
key = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("name",), 2),
        (("id",), 5),
        (("headers",), 7),
        (("headers", "b"), 7),
        (("scopes", 1), 8),
        (("oauth", "issuer"), 12),
        (("tls",), 14),
        (("tls", "ca"), 15),
        (("tls", "missing"), 14),
        (("deep", "er", "still", "key"), 18),
        (("missing",), 1),
        ((), 1),
    ],
)
def test_a_key_stands_where_its_statement_begins(path: tuple[str | int, ...], line: int) -> None:
    assert line_of(TEXT, path) == line
