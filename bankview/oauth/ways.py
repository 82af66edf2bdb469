"""How an authorization request reaches a server, what it asks for beyond scopes, and how its answer comes back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Answers that come as a form which the browser posts, and those that come signed (OAuth 2.0 Form Post, JARM).
POSTED = frozenset({"form_post", "form_post.jwt"})
SIGNED = frozenset({"query.jwt", "form_post.jwt"})
FAPI2 = "fapi2"


@dataclass(frozen=True, slots=True)
class Ways:
    """What a bank's profile says of the authorization request.

    `par` is auto (as the metadata says), always or never (RFC 9126); `jar` whether the request is signed (RFC 9101);
    `response_mode` is empty where the server chooses. `resource` are the APIs that the token is for (RFC 8707),
    `authorization_details` what is asked for in detail, each with its `type` (RFC 9396). `profile` is `FAPI2`, or
    empty where no security profile is insisted on.
    """

    par: str = "auto"
    jar: bool = False
    response_mode: str = ""
    resource: tuple[str, ...] = ()
    authorization_details: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    profile: str = ""

    @property
    def insists(self) -> bool:
        """Whether nothing less than FAPI 2.0 will do."""
        return self.profile == FAPI2

    @property
    def answer_is_posted(self) -> bool:
        """Whether the answer comes as a form, which nobody can paste."""
        return self.response_mode in POSTED

    @property
    def answer_is_signed(self) -> bool:
        """Whether the answer comes as a JWT."""
        return self.response_mode in SIGNED

    def fields(self) -> dict[str, str | Sequence[str]]:
        """Return what these ways add to an authorization request; a list is a field that is repeated."""
        added: dict[str, str | Sequence[str]] = {}
        if self.response_mode:
            added["response_mode"] = self.response_mode
        if self.resource:
            added["resource"] = list(self.resource)
        if self.authorization_details:
            added["authorization_details"] = json.dumps(
                [dict(detail) for detail in self.authorization_details],
                default=str,
                separators=(",", ":"),
            )
        return added
