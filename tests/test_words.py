"""What people read: amounts and dates as they write them."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from bankview import words
from bankview.domain.money import Money, exponent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that sets the person's locale by the environment."""

    def speak(code: str = "", **named: str) -> None:
        for name in ("LC_ALL", "LC_MONETARY", "LANG"):
            monkeypatch.setenv(name, named.get(name, code))
        words.person_code.cache_clear()

    return speak


@pytest.fixture(autouse=True)
def _fresh_locale() -> Iterator[None]:
    words.person_code.cache_clear()
    yield
    words.person_code.cache_clear()


@pytest.mark.parametrize(
    ("code", "minor", "currency", "text"),
    [
        ("nb_NO.UTF-8", -123450, "NOK", "−1 234,50 NOK"),
        ("en_GB.UTF-8", -123450, "GBP", "−1,234.50 GBP"),
        ("de_DE.UTF-8", -123450, "EUR", "−1.234,50 EUR"),
        ("fr_FR.UTF-8", -123450, "EUR", "−1 234,50 EUR"),
        ("nb_NO", 1234567, "JPY", "1 234 567 JPY"),
        ("en_GB", -1234567, "JPY", "−1,234,567 JPY"),
        ("de_DE", 1234567, "KWD", "1.234,567 KWD"),
        ("nb_NO", -5, "KWD", "−0,005 KWD"),
        ("nb_NO", 0, "NOK", "0,00 NOK"),
        ("nb_NO", -1, "NOK", "−0,01 NOK"),
        ("en_GB", 10**16 - 1, "NOK", "99,999,999,999,999.99 NOK"),
        ("no_NO.UTF-8", 123450, "NOK", "1 234,50 NOK"),
        ("de_DE@euro", 123450, "EUR", "1.234,50 EUR"),
    ],
)
def test_an_amount_as_the_person_writes_it(
    speak: Callable[..., None], code: str, minor: int, currency: str, text: str
) -> None:
    speak(code)
    assert words.money_text(Money(minor, currency)) == text.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(("minor", "text"), [(1, "+0.01"), (0, "0.00"), (-1, "−0.01")])
def test_money_in_can_carry_a_sign(speak: Callable[..., None], minor: int, text: str) -> None:
    speak("en_GB")
    assert words.amount_text(Money(minor, "NOK"), sign=True) == text


@pytest.mark.parametrize("code", ["", "C", "POSIX", "C.UTF-8", "xx_YY", "english", "../../etc"])
def test_a_locale_that_nobody_knows_is_english_or_the_systems(
    speak: Callable[..., None], code: str
) -> None:
    speak(code)
    assert words.person_locale().language


def test_the_first_locale_that_is_set_counts(speak: Callable[..., None]) -> None:
    speak(LC_ALL="", LC_MONETARY="de_DE", LANG="en_GB")
    assert words.person_locale().language == "de"


def test_a_day_is_short_in_its_own_year() -> None:
    today = dt.date(2026, 11, 21)
    assert words.day_text(dt.date(2026, 11, 19), today=today) == "Thu 19 Nov"
    assert words.day_text(dt.date(2026, 9, 1), today=today) == "Tue 1 Sep"
    assert words.day_text(dt.date(2025, 9, 1), today=today) == "Mon 1 Sep 2025"
    assert words.day_text(dt.date(2025, 9, 1)) == "Mon 1 Sep"


@given(day=st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)))
def test_days_are_written_as_the_locale_data_has_them(day: dt.date) -> None:
    assert words.long_day_text(day) == format_date(day, "d MMMM y", "en_GB")
    short = format_date(day, "EEE d MMM", "en_GB").replace("Sept", "Sep")
    assert words.day_text(day) == short


def test_babel_is_not_loaded_for_a_locale_that_is_known_without_it() -> None:
    code = (
        "import sys, bankview.words as w; w._marks(w.person_code()); print('babel' in sys.modules)"
    )
    for language, loaded in (("nb_NO.UTF-8", "False"), ("et_EE.UTF-8", "True")):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "LC_ALL": language, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == loaded


def test_a_day_in_full() -> None:
    assert words.long_day_text(dt.date(2026, 11, 19)) == "19 November 2026"


def test_an_instant_is_a_time_today_and_a_day_else() -> None:
    now = dt.datetime(2026, 11, 21, 12).astimezone()
    assert words.time_text(now.replace(hour=9, minute=5), now=now) == "09:05"
    assert words.time_text(now - dt.timedelta(days=2), now=now) == "19 November"
    assert words.time_text(now - dt.timedelta(days=400), now=now) == "17 October 2025"


def test_a_sentence_without_names_keeps_its_braces() -> None:
    assert words.tr("a {b}") == "a {b}"
    assert words.tr("a {b}", b="{c}") == "a {c}"


@settings(max_examples=300)
@given(
    minor=st.integers(-(10**14), 10**14),
    currency=st.sampled_from(["NOK", "JPY", "KWD", "CLF"]),
    code=st.sampled_from([*words._MARKS, "de_CH", "et_EE", "fr_CA"]),
)
def test_an_amount_is_written_as_the_locale_data_has_it(
    minor: int, currency: str, code: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "person_code", lambda: code)
        text = words.amount_text(Money(minor, currency))
    money = Money(abs(minor), currency)
    pattern = "#,##0" + f".{'0' * exponent(currency)}".rstrip(".")
    wanted = format_decimal(money.amount, pattern, Locale.parse(code))
    assert text.lstrip(words.MINUS) == re.sub("[ \u202f]", "\u00a0", wanted)
    assert text.startswith(words.MINUS) == (minor < 0)


@pytest.mark.parametrize(
    ("why", "hours", "said"),
    [
        ("schedule", 4, "Next update 16:40"),
        ("schedule", -4, "Next update now"),
        ("first", 20, "Next update tomorrow 08:40"),
        ("schedule", 96, "Next update 24 November 12:40"),
        ("quota", 4, "The bank allows 4 updates a day. Next possible 16:40"),
        ("bank_asked", 4, "The bank allows no more updates for now. Next possible 16:40"),
        ("failed", 4, "The bank did not answer. Next try 16:40"),
        ("offline", 4, "Offline, showing saved data. Next try 16:40"),
        ("sign_in", None, "Next update after you sign in"),
        ("nothing", None, ""),
    ],
)
def test_the_next_run_is_said_with_its_reason(
    why: str, hours: int | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    now = dt.datetime(2026, 11, 20, 12, 40, tzinfo=dt.UTC)
    at = None if hours is None else now + dt.timedelta(hours=hours)
    assert words.next_run_text(why, at, now=now, a_day=4) == said
    monkeypatch.undo()
    time.tzset()


def test_the_reasons_are_those_of_the_schedule() -> None:
    from bankview.sync.due import Why

    now = dt.datetime(2026, 11, 20, 12, 40, tzinfo=dt.UTC)
    told = {why: words.next_run_text(why, now, now=now) for why in Why}
    assert told[Why.SCHEDULE] == told[Why.FIRST]
    assert len(set(told.values())) == 5
