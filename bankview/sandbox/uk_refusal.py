"""Why a call of UK Open Banking is refused, as either version of the standard writes it (OBErrorResponse1)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from bankview.sandbox.messages import Answer, json_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The names of version 3.1 and the codes that 4.0 has for them.
_CODES = {
    "Field.Invalid": "U002",
    "Field.InvalidDate": "U003",
    "Field.Missing": "U004",
    "Field.Unexpected": "U005",
    "Header.Invalid": "U006",
    "Header.Missing": "U007",
    "Resource.InvalidConsentStatus": "U009",
    "Resource.InvalidFormat": "U010",
    "Resource.NotFound": "U011",
    "Reauthenticate": "U028",
}


class RefusedError(Exception):
    """A status, one of the standard's names, and a sentence; where there is no name, there is no body."""

    def __init__(
        self, status: int, name: str = "", text: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.name, self.text, self.headers = status, name, text, headers or {}
        super().__init__(text)

    def answer(self, version: str) -> Answer:
        """Return it as a version has it."""
        if not self.name:
            return Answer(self.status, self.headers)
        if version == "v4.0":
            errors = [{"ErrorCode": _CODES[self.name], "Message": self.text}]
            return json_answer({"Errors": errors}, self.status, self.headers)
        errors = [{"ErrorCode": f"UK.OBIE.{self.name}", "Message": self.text}]
        said = {"Code": f"{self.status}", "Id": str(uuid.uuid4()), "Message": self.text}
        return json_answer({**said, "Errors": errors}, self.status, self.headers)
