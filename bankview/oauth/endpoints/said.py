"""What a server says of a token or a person, in whichever form it says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bankview.errors import BadBankDataError
from bankview.oauth.wording import text_of
from bankview.web import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.web import Reply

    #: Verifies a signed JWT of the issuer; returns its header and its claims.
    Verify = Callable[[str], tuple[Mapping[str, Any], Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Said:
    """Claims where the answer could be decoded, else its text: one line, cut. `signed` says that a signature was verified."""

    claims: Mapping[str, Any] | None = field(default=None, repr=False)
    text: str = field(default="", repr=False)
    signed: bool = False


def media_of(reply: Reply) -> str:
    """Return an answer's media type in small letters, without parameters."""
    return reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def read_json(reply: Reply) -> Mapping[str, Any] | None:
    """Return an answer's JSON object, or None where it is something else."""
    try:
        said = decode(reply.body, reply.host)
    except BadBankDataError:
        return None
    return said if isinstance(said, dict) else None


def read_text(reply: Reply) -> Said:
    """Return an answer as the text that it is."""
    return Said(text=text_of(reply.body.decode("utf-8", "replace")))
