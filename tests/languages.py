"""Collects what a person reads into the languages' catalogues: `python -m tests.languages`, which is `make languages`."""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bankview.language import LANGUAGES, catalogue
from bankview.words import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
#: What takes a text in English, and how many forms of it.
TAKES = {"tr": 1, "later": 1, "tr_n": 2}
#: What C says of a number's form (CLDR's rules for whole numbers).
PLURALS = {"nb": "n != 1", "de": "n != 1", "fr": "n > 1"}


class Key(NamedTuple):
    """What an entry is found by, as gettext writes it."""

    text: str
    context: str = ""


@cache
def collected() -> dict[Key, str]:
    """Return all texts in English, each with its second form; empty where it has one."""
    found = {Key(name): "" for name in (*CATEGORIES.values(), *_described(_profiles()))}
    for path in sorted((ROOT / "bankview").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                forms = _forms(node, TAKES.get(node.func.id, 0))
                if forms:
                    key = Key(forms[0], _context(node))
                    found[key] = found.get(key) or "".join(forms[1:])
    return found


def _profiles() -> list[object]:
    """Return what a bank's profile may hold; what is said of the schema itself is for who writes programs."""
    schema = json.loads((ROOT / "resources" / "bank-profile.schema.json").read_bytes())
    return [schema["properties"], schema["$defs"]]


def _described(part: object) -> Iterator[str]:
    """Yield the descriptions in a part of a schema."""
    if isinstance(part, dict):
        if isinstance(part.get("description"), str):
            yield part["description"]
        part = list(part.values())
    for below in part if isinstance(part, list) else ():
        yield from _described(below)


def _forms(call: ast.Call, count: int) -> list[str]:
    """Return the texts that a call gives; none where they are not known before it runs."""
    given = [arg.value for arg in call.args[:count] if isinstance(arg, ast.Constant)]
    return [text for text in given if isinstance(text, str)]


def _context(call: ast.Call) -> str:
    given = [word.value for word in call.keywords if word.arg == "context"]
    return str(given[0].value) if given and isinstance(given[0], ast.Constant) else ""


def entry(key: Key, second: str, said: list[str]) -> str:
    """Return an entry of a catalogue; nothing is said yet where `said` is empty."""
    lines = [f"msgctxt {quoted(key.context)}"] if key.context else []
    lines.append(f"msgid {quoted(key.text)}")
    if second:
        said = said if len(said) == 2 else ["", ""]
        lines += [f"msgid_plural {quoted(second)}"]
        lines += [f"msgstr[{n}] {quoted(text)}" for n, text in enumerate(said)]
    else:
        lines.append(f"msgstr {quoted(said[0] if said else '')}")
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """Return a text as catalogues write it, on one line."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{plain}"'


def header(tag: str) -> str:
    """Return the entry that says what a catalogue is."""
    return entry(
        Key(""),
        "",
        [
            (
                f"Language: {tag}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
                f"Content-Transfer-Encoding: 8bit\nPlural-Forms: nplurals=2; plural={PLURALS[tag]};\n"
            )
        ],
    )


def written(tag: str, said: dict[str, list[str]]) -> str:
    """Return a language's catalogue of all that is collected, in the order of the English texts."""
    entries = [
        entry(
            key, second, said.get(f"{key.context}\x04{key.text}" if key.context else key.text, [])
        )
        for key, second in sorted(collected().items())
    ]
    return "\n".join([header(tag), *entries])


def main() -> None:
    """Write all catalogues anew: what is new stands there empty, what is gone is left out."""
    from bankview.language import read

    for tag in LANGUAGES.keys() - {"en"}:
        path = catalogue(tag)
        said = read(path)[0] if path.exists() else {}
        path.write_text(written(tag, said), "utf-8")


if __name__ == "__main__":
    main()
