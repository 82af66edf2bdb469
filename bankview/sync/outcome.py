"""What an import comes to, in the sentences that both front ends say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.words import tr_n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bankview.sync.decisions import Part
    from bankview.sync.imports import Plan


def counts_text(of: Plan | Part) -> str:
    """Return how many rows there are of each kind, in a whole file or of one account."""
    return tr_n(
        "{n} row: {new} new, {known} known, {uncertain} uncertain",
        "{n} rows: {new} new, {known} known, {uncertain} uncertain",
        of.rows,
        new=of.new,
        known=of.known,
        uncertain=of.uncertain,
    )


def left_out(plan: Plan) -> Iterator[str]:
    """Yield what of a file does not come in, and why."""
    if plan.skipped:
        first = plan.unread[0]
        yield tr_n(
            "{n} line could not be read; the first is line {line}: {why}.",
            "{n} lines could not be read; the first is line {line}: {why}.",
            plan.skipped,
            line=first.line,
            why=first.why,
        )
    if plan.pending:
        yield tr_n(
            "{n} row is not booked yet and was left out.",
            "{n} rows are not booked yet and were left out.",
            plan.pending,
        )
