"""The table of rules is whole, and each test that it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (HERE / "RULES.md").read_text("utf-8").splitlines()
    if line.startswith("| O")
]
NAMED = [(row[0], name) for row in ROWS for name in re.split(r",\s+", row[3].strip(" |"))]


@cache
def names_in(path: Path) -> frozenset[str]:
    """Return the names of a file's tests."""
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_rule_is_there_once() -> None:
    assert [row[0] for row in ROWS] == [f"O{number:02}" for number in range(1, 63)]
    assert all(len(row) == 4 and all(row) for row in ROWS)


@pytest.mark.parametrize(("rule", "name"), NAMED)
def test_the_test_of_a_rule_exists(rule: str, name: str) -> None:
    place, _, test = name.partition("::")
    assert test in names_in(HERE / place), f"{rule}: {name}"
