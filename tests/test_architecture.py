"""The architecture, as a test: imports point down, and each outside library has one home."""

from __future__ import annotations

import ast
from collections import defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: From the top down. A room may import itself and the rooms on lower rows, nothing else.
ROWS = [
    {"__main__"},
    {"ui", "cli"},
    {"sync", "fapi"},
    {"banks", "files", "export", "store", "sandbox"},
    {"keychain", "oauth"},
    {"web"},
    {"sentences"},
    {"log", "settings", "words", "options", "categories"},
    {"domain", "file_lock", "language"},
    {"paths"},
    {"errors"},
    {"__init__"},
]
HEIGHT = {room: -row for row, rooms in enumerate(ROWS) for room in rooms}

#: The rooms that may import each of these.
HOMES = {
    "PySide6": {"ui"},
    "keyring": {"keychain"},
    "apsw": {"store"},
    "requests": {"web", "oauth", "fapi"},
    "oauthlib": {"oauth", "sandbox"},
    "requests_oauthlib": {"oauth"},
    "joserfc": {"oauth", "sandbox"},
    "cryptography": {"oauth", "banks", "keychain", "sandbox"},
    "http.server": {"oauth", "sandbox"},
    "threading": {"ui", "oauth", "keychain", "sandbox"},
    "fcntl": {"file_lock"},
    "msgspec": {"web", "banks", "files", "settings", "domain", "store"},
    "truststore": {"web"},
    "platformdirs": {"paths"},
    "segno": {"ui"},
    "defusedxml": {"files"},
    "mt940": {"files"},
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(path): path for path in sorted((ROOT / "bankview").rglob("*.py"))}


def imports(path: Path) -> set[str]:
    """Return everything a file imports, at any depth, as dotted names."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: write imports in full"
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                names.add(name if name in FILES else str(node.module))
    return names


IMPORTS = {module: imports(path) for module, path in FILES.items()}


def child(package: str, module: str) -> str:
    """Return the part of `module` directly below `package`."""
    return module.removeprefix(package).lstrip(".").partition(".")[0] or "__init__"


@pytest.mark.parametrize("module", FILES)
def test_imports_point_down(module: str) -> None:
    room = child("bankview", module)
    assert room in HEIGHT, f"give {room} a row in ROWS"
    for other in IMPORTS[module] & FILES.keys():
        there = child("bankview", other)
        assert there == room or HEIGHT[there] < HEIGHT[room], f"{module} may not import {other}"


@pytest.mark.parametrize("module", FILES)
def test_each_library_has_one_home(module: str) -> None:
    room = child("bankview", module)
    for name in IMPORTS[module] - FILES.keys():
        for library, homes in HOMES.items():
            if f"{name}.".startswith(f"{library}."):
                assert room in homes, f"{module} may not import {name}; it lives in {homes}"


def test_a_bank_knows_no_other_bank() -> None:
    for module in FILES:
        if module.startswith("bankview.banks."):
            friends = {
                child("bankview.banks", m)
                for m in IMPORTS[module]
                if m.startswith("bankview.banks")
            }
            assert all(name.startswith("_") for name in friends - {"__init__"}), (
                f"{module}: {friends}"
            )


@pytest.mark.parametrize("package", sorted({m.rpartition(".")[0] for m in FILES} - {""}))
def test_siblings_have_no_cycle(package: str) -> None:
    graph = defaultdict(set)
    for module in FILES:
        for other in IMPORTS[module] & FILES.keys():
            if f"{module}.".startswith(f"{package}.") and f"{other}.".startswith(f"{package}."):
                graph[child(package, module)].add(child(package, other))
    for name, others in graph.items():
        others.discard(name)
    TopologicalSorter(graph).prepare()  # raises CycleError, and names the cycle


@pytest.mark.parametrize("module", FILES)
def test_every_file_opens_with_one_sentence(module: str) -> None:
    docstring = ast.get_docstring(ast.parse(FILES[module].read_text("utf-8"))) or ""
    assert docstring.partition("\n")[0].endswith(".")


def test_a_sign_in_page_is_never_shown_inside_the_app() -> None:
    everything = set().union(*IMPORTS.values())
    assert not {name for name in everything if "WebEngine" in name or "WebView" in name}
