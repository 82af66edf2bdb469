"""A person's own words about a row: note, tags, category, checkmark; no bank ever writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from msgspec import Struct
from msgspec.structs import asdict

if TYPE_CHECKING:
    from collections.abc import Iterable


class Words(Struct, frozen=True, gc=False):
    """What a person wrote. An empty `category` leaves the bank's in force; false where nothing is written at all."""

    note: str = ""
    tags: tuple[str, ...] = ()
    category: str = ""
    checked: bool = False

    @classmethod
    def of(
        cls, note: str = "", tags: Iterable[str] = (), category: str = "", *, checked: bool = False
    ) -> Self:
        """Return words as they are kept: no blanks at the ends, each tag once whatever its case."""
        return cls(note.strip(), tidy_tags(tags), " ".join(category.split()), checked)

    def but(self, **said: Any) -> Words:
        """Return the words with some of them written anew, as `of` keeps them."""
        return self.of(**{**asdict(self), **said})

    def __bool__(self) -> bool:
        return bool(self.note or self.tags or self.category or self.checked)


def tidy_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return tags in the order given, without commas, which part them, and each once whatever its case."""
    parts = (" ".join(part.split()) for tag in tags for part in tag.split(","))
    kept: dict[str, str] = {}
    for tag in filter(None, parts):
        kept.setdefault(tag.casefold(), tag)
    return tuple(kept.values())


def together(booked: Words, pending: Words) -> Words:
    """Return the words of a booked row that takes over those of the pending one it came of; nothing is lost."""
    notes = dict.fromkeys(filter(None, (booked.note, pending.note)))
    return Words(
        "\n".join(notes),
        tidy_tags((*booked.tags, *pending.tags)),
        booked.category or pending.category,
        booked.checked or pending.checked,
    )


def apart(now: Words, joined: Words, before: Words) -> Words:
    """Return the words of a booked row whose link is taken apart.

    What was not touched since the link is as it was `before`; what the person wrote since then stays.

    Args:
        now: the booked row's words.
        joined: what they were right after the link.
        before: what they were before it.
    """
    return Words(
        before.note if now.note == joined.note else now.note,
        before.tags if now.tags == joined.tags else now.tags,
        before.category if now.category == joined.category else now.category,
        before.checked if now.checked == joined.checked else now.checked,
    )
