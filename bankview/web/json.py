"""JSON whose numbers stay exact, and that is refused where it is not sound (RFC 8259)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgspec

from bankview.errors import BadBankDataError


def decode(body: bytes, host: str = "") -> Any:
    """Return decoded JSON; fractions are Decimal, never float.

    Raises:
        BadBankDataError: not JSON (RFC 8259), or NaN, repeated names, absurd numbers or nesting, lone surrogates.
    """
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(
            text,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_refuse,
            object_pairs_hook=_object,
        )
        if "\\ud" in text or "\\uD" in text:
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise BadBankDataError(
            "body", f"is not sound JSON ({type(error).__name__})", host
        ) from None
    return value


def encode(value: Any) -> bytes:
    """Return what `decode` returned as indented JSON, with every number as exact as it came."""
    encoder = msgspec.json.Encoder(decimal_format="number")
    return msgspec.json.format(encoder.encode(value), indent=2) + b"\n"


def _decimal(text: str) -> Decimal:
    if len(text) > 64:
        raise ValueError("a number is too long")
    return Decimal(text)


def _integer(text: str) -> int:
    if len(text) > 32:
        raise ValueError("a number is too long")
    return int(text)


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name is repeated in an object")
    return value
