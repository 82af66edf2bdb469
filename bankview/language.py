"""The language of the app: every sentence that a person reads passes through here. English is what stands in the code.

The other languages are gettext's catalogues, read as they are written: there is nothing to build or to forget.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from bankview.paths import resource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

#: The languages there are, by their BCP 47 tag, each with its own name.
LANGUAGES = {"en": "English", "nb": "Norsk bokmål", "fr": "Français", "de": "Deutsch"}
#: A pseudo-language of the tests: English in brackets, a third longer, from right to left.
PSEUDO = "qps-rtl"

#: What systems call a language that we know by another name, or that is read by the same people.
_KNOWN_AS = {"no": "nb", "nn": "nb"}
#: Between a text's context and the text, as gettext writes it into a key.
_CONTEXT = "\x04"

#: What turns the words after it around, whatever they are (Unicode's embeddings, overrides and isolates).
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]+")
#: What breaks a line or steers a device, blanks around it included; a tab's width says nothing outside of a table.
_BREAKS = re.compile(
    "[ \x00-\x1f\x7f-\x9f\u2028\u2029]*[\x00-\x1f\x7f-\x9f\u2028\u2029][ \x00-\x1f\x7f-\x9f\u2028\u2029]*"
)
#: The same, lines apart.
_STEERS = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]+")

_NO_FORMS: Mapping[str, Sequence[str]] = {}


class _Spoken:
    """The language of this process: its tag, and each English text's forms; none until something is said."""

    tag: str | None = None
    forms: Mapping[str, Sequence[str]] = _NO_FORMS
    form_of: Callable[[int], int] = staticmethod(lambda n: n != 1)


def use(tag: str = "") -> None:
    """Speak a language from now on; the system's where `tag` is empty, English where there is no such one."""
    known = tag if tag in LANGUAGES or tag == PSEUDO else _system()
    if known == _Spoken.tag:
        return
    _Spoken.tag, _Spoken.forms = known, _NO_FORMS
    _Spoken.form_of = staticmethod(lambda n: n != 1)
    if known not in {"en", PSEUDO}:
        _Spoken.forms, rule = read(catalogue(known))
        _Spoken.form_of = staticmethod(_form_of(rule))


def spoken() -> str:
    """Return the tag of the language that is spoken."""
    if _Spoken.tag is None:
        use()
    return _Spoken.tag or "en"


def is_right_to_left() -> bool:
    """Return whether the language is written from right to left."""
    return spoken() == PSEUDO


def seen(text: str) -> str:
    """Return a bank's or a person's text as windows show it: on one line, its letters in their own order.

    All that others wrote passes here before it is shown: nothing in it breaks a line, or turns around what stands beside it.
    """
    if text.isprintable():
        return text
    return _BREAKS.sub(" ", _TURNS.sub("", text)).strip()


def seen_lines(text: str) -> str:
    """Return a text as `seen` does, with its lines."""
    if text.isprintable():
        return text
    lines = _TURNS.sub("", text).splitlines()
    return "\n".join(_STEERS.sub(" ", line) for line in lines)


def tr(text: str, *, context: str = "", **values: object) -> str:
    """Return a sentence for people with its `{names}` filled in.

    Args:
        text: the sentence in English.
        context: which of its meanings is meant, where one English word has several.
        values: what stands for its names.
    """
    if _Spoken.tag is None:
        use()
    if _Spoken.forms:
        forms = _Spoken.forms.get(context + _CONTEXT + text if context else text)
        said = forms[0] if forms else text
    else:
        said = _stretched(text) if _Spoken.tag == PSEUDO and text else text
    return said.format(**_seen(values)) if values else said


def tr_n(one: str, many: str, n: int, **values: object) -> str:
    """Return a sentence about a number, which stands as `{n}` in it.

    Args:
        one: the sentence in English where the number is 1; it need not name it.
        many: the sentence in English for all others.
        n: the number.
        values: what stands for its other names.
    """
    if _Spoken.tag is None:
        use()
    forms = _Spoken.forms.get(one)
    if forms:
        said = forms[min(_Spoken.form_of(n), len(forms) - 1)]
    else:
        said = one if n == 1 else many
        said = _stretched(said) if _Spoken.tag == PSEUDO else said
    return said.format(**{"n": n, **_seen(values)})


def _seen(values: Mapping[str, object]) -> dict[str, object]:
    return {name: seen(one) if isinstance(one, str) else one for name, one in values.items()}


def later(text: str, *, context: str = "") -> str:  # noqa: ARG001 - the catalogue's, not ours
    """Return a text as it is: it is known here, and said elsewhere through `tr`."""
    return text


def catalogue(tag: str) -> Path:
    """Return the file of a language's texts."""
    return resource("languages") / f"{tag}.po"


def read(path: Path) -> tuple[dict[str, list[str]], str]:
    """Return the forms of each text in a catalogue, by context and text, and its rule for plurals.

    Texts without a translation are left out.
    """
    forms: dict[str, list[str]] = {}
    for block in path.read_text("utf-8").split("\n\n"):
        parts = _parts(block)
        said = [text for key, text in parts if key.startswith("msgstr")]
        if all(said) and said:
            known = dict(parts)
            context = known.get("msgctxt")
            key = known.get("msgid", "")
            forms[context + _CONTEXT + key if context else key] = said
    head = "".join(forms.pop("", ()))
    rule = re.search(r"plural=([^;\n]+)", head)
    return forms, rule.group(1) if rule else "n != 1"


def _parts(block: str) -> list[tuple[str, str]]:
    """Return the keywords of an entry, each with its text."""
    parts: list[tuple[str, str]] = []
    for line in block.split("\n"):
        if line.startswith('"') and parts:
            parts[-1] = (parts[-1][0], parts[-1][1] + _plain(line))
        elif line.startswith("msg"):
            keyword, _, quoted = line.partition(" ")
            parts.append((keyword, _plain(quoted)))
    return parts


def _plain(quoted: str) -> str:
    text = quoted[1:-1]
    if "\\" not in text:
        return text
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), text)


def _form_of(rule: str) -> Callable[[int], int]:
    """Return which form a number takes by a catalogue's rule, which is written in C."""
    from gettext import c2py  # noqa: PLC0415 - English needs none

    chosen: Callable[[int], int] = c2py(rule)
    return chosen


def _stretched(text: str) -> str:
    # A letter's direction is what Qt goes by, and English ones run the other way.
    return f"\N{RIGHT-TO-LEFT MARK}⟦{text}{'·' * (len(text) // 3)}⟧"


def _locale() -> str:
    """Return the locale of a system that has no variables for it."""
    import locale  # noqa: PLC0415 - it takes longer than all else here

    return locale.getlocale()[0] or ""


def _system() -> str:
    """Return the first language of the system's that there is (POSIX 8.2, and gettext's LANGUAGE)."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    said = next((code for name in names if (code := os.environ.get(name))), "")
    if said.partition(".")[0] in {"C", "POSIX"}:
        return "en"
    for code in (*os.environ.get("LANGUAGE", "").split(":"), said or _locale()):
        short = re.split(r"[_.@-]", code)[0].lower()
        tag = _KNOWN_AS.get(short, short)
        if tag in LANGUAGES:
            return tag
    return "en"
