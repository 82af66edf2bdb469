"""Checks a profile against its JSON Schema, and says what to write instead of the first thing that is wrong.

It knows the keywords that the schema uses in its tables and values; what holds between keys is `_profile.py`'s.
"""

from __future__ import annotations

import json
import re
from datetime import date, time
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from bankview.language import later
from bankview.paths import resource
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    #: A part of the schema.
    Part = Mapping[str, Any]

_KINDS = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
_WORDS = {
    "string": later("a text in quotes"),
    "integer": later("a whole number"),
    "boolean": later("true or false"),
    "array": later("a list"),
    "object": later("a table"),
}
#: Keys that people use for what must not lie in a file.
_SECRET = re.compile(
    r"secret|password|passphrase|(?<!subject_)(?<!actor_)token$|api_?key", re.IGNORECASE
)


class Problem(Exception):  # noqa: N818 - it becomes a ProfileError where the file is known
    """What is wrong at `path`, and what to write instead."""

    def __init__(self, path: tuple[str | int, ...], text: str) -> None:
        self.path, self.text = path, text
        super().__init__(text)


def load() -> Part:
    """Return the schema of a bank's profile."""
    schema: Part = json.loads(resource("bank-profile.schema.json").read_bytes())
    return schema


def check(profile: Mapping[str, Any]) -> None:
    """Refuse what the schema refuses, and what this version does not support yet.

    Raises:
        Problem: the first thing that is wrong, from the top of the schema down.
    """
    schema = load()
    for problem in _Checker(schema).problems(schema, profile, ()):
        raise problem


class _Checker:
    """Walks schema and value together."""

    def __init__(self, schema: Part) -> None:
        self._schema = schema

    def problems(self, part: Part, value: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
        """Yield what is wrong at and below a place."""
        part = {**self._referred(part), **part}
        kind = part.get("type", "string")
        if not _is(value, kind):
            yield Problem(path, _instead(path, part, tr("has to be {kind}", kind=tr(_WORDS[kind]))))
        elif isinstance(value, dict):
            yield from self._table(part, value, path)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.problems(part["items"], item, (*path, index))
        elif not _fits(part, value):
            yield Problem(path, _instead(path, part, tr("cannot be this")))
        supported = part.get("x-supported")
        if supported is not None and value not in supported:
            yield Problem(path, _not_yet(path, supported))

    def _referred(self, part: Part) -> Part:
        name = part.get("$ref", "").rpartition("/")[2]
        found: Part = self._schema["$defs"][name] if name else {}
        return found

    def _table(
        self, part: Part, value: Mapping[str, Any], path: tuple[str | int, ...]
    ) -> Iterator[Problem]:
        known = part.get("properties", {})
        for key, item in value.items():
            below = known.get(key, part.get("additionalProperties", {}))
            if below is False:
                yield Problem((*path, key), _unknown(key, known, self._schema))
            elif not _fits_name(part, key):
                yield Problem((*path, key), tr("{key} is not yours to set: take it out", key=key))
            elif below:
                yield from self.problems(below, item, (*path, key))
        for key in part.get("required", ()):
            if key not in value:
                yield Problem((*path, key), _missing((*path, key), known[key]))


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, _KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _fits(part: Part, value: Any) -> bool:
    if isinstance(value, str):
        return (
            re.search(part.get("pattern", ""), value) is not None
            and value in part.get("enum", (value,))
            and part.get("minLength", 0) <= len(value) <= part.get("maxLength", 100_000)
        )
    if isinstance(value, int) and not isinstance(value, bool):
        return bool(part.get("minimum", value) <= value <= part.get("maximum", value))
    return True


def _fits_name(part: Part, key: str) -> bool:
    names = part.get("propertyNames", {})
    return re.search(names.get("pattern", ""), key) is not None and key not in names.get(
        "not", {}
    ).get("enum", ())


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in path)


def toml(value: Any) -> str:
    """Return a value as one writes it in a TOML file."""
    if isinstance(value, dict):
        inner = ", ".join(f"{toml(key)} = {toml(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{ }"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, (date, time)):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _line(path: tuple[str | int, ...], part: Part) -> str:
    """Return what one could write, as a line of the file; nothing for what has no example."""
    names = [part_ for part_ in path if isinstance(part_, str)]
    examples = part.get("examples", ())
    return tr("Write {key} = {value}", key=names[-1], value=toml(examples[0])) if examples else ""


def _instead(path: tuple[str | int, ...], part: Part, problem: str) -> str:
    about = part.get("description", "")
    choice = (
        tr(" (one of {choice})", choice=", ".join(map(toml, part["enum"])))
        if "enum" in part
        else ""
    )
    sentence = f"{_dotted(path)} {problem}{': ' if about else ''}{about and tr(about)}{choice}."
    return f"{sentence} {_line(path, part)}".strip()


def _missing(path: tuple[str | int, ...], part: Part) -> str:
    about = tr(part["description"]) if "description" in part else ""
    line = _line(path, part) or tr("Write a table [{key}]", key=_dotted(path))
    return tr("{key} is missing: {about}. {line}", key=_dotted(path), about=about, line=line)


def _not_yet(path: tuple[str | int, ...], supported: list[Any]) -> str:
    written = [toml(value) for value in supported if value not in ("", [], {})]
    instead = (
        tr("write {choice}", choice=tr(" or ").join(written)) if written else tr("take it out")
    )
    return tr("{key}: this is not supported yet; {instead}", key=_dotted(path), instead=instead)


def _unknown(key: str, known: Mapping[str, Any], schema: Part) -> str:
    if _SECRET.search(key):
        return tr(
            "{key}: a secret never stands in a profile. Take it out; it is asked for, and kept in the keychain",
            key=key,
        )
    if near := get_close_matches(key, known, 1):
        return tr("{key} is no key of a profile: write {near}", key=key, near=near[0])
    tables = {name: part for name, part in schema["properties"].items() if "properties" in part}
    for name, part in tables.items():
        if key in part["properties"]:
            return tr("{key} stands under [{table}]: move it there", key=key, table=name)
    if key in schema["properties"]:
        return tr("{key} stands at the top, before the first [table]: move it there", key=key)
    return tr(
        "{key} is no key of a profile: take it out, or write one of {known}",
        key=key,
        known=", ".join(known),
    )
