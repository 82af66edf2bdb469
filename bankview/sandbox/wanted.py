"""What an authorization request wants of a person, or why it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sound authorization request, as the login and consent pages need it."""

    uri: str
    redirect_uri: str
    scopes: tuple[str, ...]
    institution: str
    login_hint: str
    client_id: str = ""
    response_mode: str = ""


class RefusedError(Exception):
    """An authorization request is refused: `location` leads back to the client, or is empty where it may not.

    `mode` and `client_id` say how the client wants its answers, as far as that is known.
    """

    def __init__(
        self, location: str, description: str = "", mode: str = "", client_id: str = ""
    ) -> None:
        self.location, self.description = location, description
        self.mode, self.client_id = mode, client_id
        super().__init__(description)
