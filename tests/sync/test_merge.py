"""Which row is which: by example."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bankview.domain.account import Account
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.store.ledger import Changes
from bankview.sync.merge import account_identity, match_accounts, merge

ME = "bank|iban|NO93|NOK"


def row(day: int, minor: int, text: str = "Shop", bank_id: str = "", **facts: Any) -> Transaction:
    booked = date(2026, 1, 1) + timedelta(days=day)
    status = facts.pop("status", Status.BOOKED)
    amount = Money(minor, "NOK")
    return Transaction("k", status, booked, amount, text, bank_id=bank_id, **facts)


def after(known: tuple[Transaction, ...], changes: Changes) -> tuple[Transaction, ...]:
    anew = {row.id: row for row in changes.update}
    return (*(anew.get(row.id, row) for row in known), *changes.insert)


def lived(*answers: list[Transaction]) -> tuple[Transaction, ...]:
    """Return the ledger after these answers, one after the other."""
    known: tuple[Transaction, ...] = ()
    for answer in answers:
        known = after(known, merge(ME, known, answer))
    return known


def test_ids_are_32_hex_digits_and_the_same_after_a_re_installation() -> None:
    first, second = lived([row(1, 5), row(2, 6)]), lived([row(1, 5), row(2, 6)])
    assert [r.id for r in first] == [r.id for r in second]
    assert all(len(r.id) == 32 and int(r.id, 16) >= 0 for r in first)


def test_ids_are_as_they_always_were() -> None:
    (plain,) = lived([row(1, -4900, "Kaffe  Bar")])
    (marked,) = lived([row(1, -4900, "Kaffe  Bar", "77")])
    assert plain.id == "629da771ba0ac65fe74694673c1af0af"
    assert marked.id == "f7783227983ae89fc5fd9ace6bf4d616"


def test_the_session_s_name_of_the_account_is_in_no_id() -> None:
    (one,) = lived([row(1, 5)])
    (two,) = lived([row(1, 5).but(account_key="other")])
    assert one.id == two.id


def test_another_account_has_other_ids() -> None:
    (one,) = merge("a", (), [row(1, 5)]).insert
    (two,) = merge("b", (), [row(1, 5)]).insert
    assert one.id != two.id


def test_the_same_answer_again_changes_nothing() -> None:
    answer = [row(1, 5), row(1, 5), row(2, 6, bank_id="7")]
    assert merge(ME, lived(answer), answer) == Changes()


def test_twins_in_one_answer_both_stay() -> None:
    assert len({r.id for r in lived([row(1, -3900), row(1, -3900)])}) == 2


def test_a_twin_that_comes_later_is_new() -> None:
    known = lived([row(1, -3900)])
    (new,) = merge(ME, known, [row(1, -3900), row(1, -3900)]).insert
    assert new.id not in {r.id for r in known}


def test_a_twin_that_comes_later_has_the_id_it_would_have_had_at_once() -> None:
    twice = [row(1, -3900), row(1, -3900)]
    assert {r.id for r in lived([row(1, -3900)], twice)} == {r.id for r in lived(twice)}


def test_a_fee_with_the_id_of_its_purchase_stays() -> None:
    answer = [row(1, -10000, bank_id="9"), row(1, -175, bank_id="9")]
    known = lived(answer)
    assert len(known) == 2
    assert merge(ME, known, answer) == Changes()


def test_a_refund_of_the_same_day_stays_apart() -> None:
    assert len(lived([row(1, -100, bank_id="9"), row(1, 100, bank_id="9")])) == 2


def test_a_standing_order_with_one_id_for_ever_stays_every_month() -> None:
    rent = [row(30 * n, -900000, "Rent", "42") for n in range(4)]
    known = lived(rent[:2], rent)
    assert len({r.id for r in known}) == 4


@pytest.mark.parametrize("blank", ["", " ", "\u00a0\t", "0", "0000000000", "00-00", " 000 "])
def test_ids_of_blanks_and_zeros_are_none(blank: str) -> None:
    known = lived([row(1, 5, "a", blank), row(1, 5, "b", blank)])
    assert [r.id for r in known] == [r.id for r in lived([row(1, 5, "a"), row(1, 5, "b")])]


def test_a_row_that_gets_its_bank_id_later_is_updated() -> None:
    known = lived([row(1, 5)])
    changes = merge(ME, known, [row(1, 5, bank_id="7")])
    assert changes.insert == ()
    assert [(r.id, r.bank_id) for r in changes.update] == [(known[0].id, "7")]


def test_a_row_that_got_its_bank_id_later_stays_the_same_row() -> None:
    answer = [row(1, 5, "new text", bank_id="7")]
    assert merge(ME, lived([row(1, 5)], answer), answer) == Changes()


def test_a_changed_text_is_an_update_where_nothing_else_it_could_be() -> None:
    known = lived([row(1, 5, "12.03 SHOP")])
    changes = merge(ME, known, [row(1, 5, "Shop")])
    assert changes.insert == ()
    assert [(r.id, r.description) for r in changes.update] == [(known[0].id, "Shop")]


def test_a_changed_text_beside_another_of_the_same_amount_is_not_guessed() -> None:
    known = lived([row(1, 5, "a"), row(1, 5, "b")])
    changes = merge(ME, known, [row(1, 5, "c"), row(1, 5, "d")])
    assert len(changes.insert) == 2
    assert changes.update == ()


def test_one_changed_text_beside_one_that_stays_is_an_update() -> None:
    known = lived([row(1, 5, "a"), row(1, 5, "b")])
    changes = merge(ME, known, [row(1, 5, "a"), row(1, 5, "c")])
    assert [r.id for r in changes.update] == [known[1].id]
    assert changes.insert == ()


def test_two_bank_ids_and_two_texts_are_two_rows() -> None:
    assert len(lived([row(1, 5, "a", "7")], [row(1, 5, "b", "8")])) == 2


def test_a_bank_that_gives_new_ids_after_re_consent_doubles_nothing() -> None:
    first = [row(1, 5, "a", "7"), row(1, 5, "a", "8"), row(2, 6, "b", "9")]
    again = [row(1, 5, "a", "17"), row(1, 5, "a", "18"), row(2, 6, "b", "19")]
    known = lived(first, again)
    assert len(known) == 3
    assert merge(ME, known, again) == Changes()


def test_a_row_that_moved_by_days_is_the_same_row() -> None:
    known = lived([row(5, 5, "a", "7")])
    changes = merge(ME, known, [row(7, 5, "a", "7")])
    assert [(r.id, r.booked_on) for r in changes.update] == [(known[0].id, date(2026, 1, 8))]
    assert changes.insert == ()


def test_a_weekly_payment_with_one_id_is_not_moved() -> None:
    assert len(lived([row(1, 5, "a", "7")], [row(8, 5, "a", "7")])) == 2


def test_rows_that_the_bank_no_longer_sends_are_kept() -> None:
    assert merge(ME, lived([row(1, 5)]), []) == Changes()


def test_what_changes_beside_the_text_is_an_update() -> None:
    known = lived([row(1, 5)])
    (changed,) = merge(ME, known, [row(1, 5, category="Food")]).update
    assert (changed.id, changed.category) == (known[0].id, "Food")


def test_pending_rows_are_the_whole_set_and_never_booked() -> None:
    held = row(1, 5, status=Status.PENDING)
    changes = merge(ME, lived([row(1, 5)]), [row(1, 5), held, held])
    assert changes.insert == ()
    assert len({r.id for r in changes.pending}) == 2
    assert not {r.id for r in changes.pending} & {r.id for r in lived([row(1, 5)])}


def test_a_pending_row_that_is_booked_is_inserted_once() -> None:
    held = [row(1, 5, status=Status.PENDING)]
    known = lived(held)
    assert known == ()
    changes = merge(ME, known, [row(3, 5)])
    assert len(changes.insert) == 1
    assert changes.pending == ()


def test_a_window_that_begins_later_numbers_twins_alike() -> None:
    days = [row(1, 5), row(1, 5), row(9, 5), row(9, 5)]
    known = lived(days)
    since = date(2026, 1, 5)
    window = tuple(r for r in known if r.booked_on >= since)
    assert merge(ME, window, days[2:]) == Changes()


@pytest.mark.parametrize("newest_first", [True, False])
def test_new_rows_are_in_the_order_of_days_and_of_the_bank(newest_first: bool) -> None:
    answer = [row(1, 1, "first"), row(1, 2, "second"), row(2, 3, "third")]
    if newest_first:
        answer.reverse()
    found = merge(ME, (), answer).insert
    assert [r.description for r in found] == ["first", "second", "third"]


def account(key: str = "k", iban: str = "", number: str = "", **facts: Any) -> Account:
    return Account(key, "A", facts.pop("currency", "NOK"), number, iban, **facts)


def test_an_account_is_its_iban_whatever_the_session_calls_it() -> None:
    known = [account("old", iban="NO93 8601 1117 947", id=4)]
    assert match_accounts(known, [account("new", iban="no9386011117947")])[0][1] == 4


def test_an_account_that_gets_an_iban_later_is_its_number() -> None:
    known = [account("old", number="8601.11.17947", id=4)]
    found = account("new", number="86011117947", iban="NO9386011117947")
    assert match_accounts(known, [found])[0][1] == 4


def test_another_currency_is_another_account() -> None:
    known = [account(iban="NO93", id=4)]
    assert match_accounts(known, [account(iban="NO93", currency="EUR")])[0][1] == 0


def test_an_account_without_numbers_is_matched_by_its_key_alone() -> None:
    known = [account("a", id=4)]
    assert [own for _, own in match_accounts(known, [account("b"), account("a")])] == [0, 4]


def test_one_account_left_on_either_side_is_no_match() -> None:
    assert match_accounts([account("a", id=4)], [account("b", number="1")])[0][1] == 0


def test_two_of_one_number_are_told_apart_by_the_bank_s_key() -> None:
    known = [account("a", number="1", id=4), account("b", number="1", id=5)]
    found = [account("b", number="1"), account("a", number="1"), account("c", number="1")]
    assert [own for _, own in match_accounts(known, found)] == [5, 4, 0]


def test_two_that_claim_one_are_both_new() -> None:
    known = [account("a", number="1", id=4)]
    found = [account("b", number="1"), account("c", number="1")]
    assert [own for _, own in match_accounts(known, found)] == [0, 0]


def test_an_account_s_identity_outlives_its_session() -> None:
    one, two = account("old", iban="NO93 86"), account("new", iban="no9386")
    assert account_identity("bank", one) == account_identity("bank", two)
    assert account_identity("bank", one) != account_identity("other", one)
