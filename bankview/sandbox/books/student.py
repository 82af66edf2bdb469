"""A year of an invented student: one account, a loan, and not much left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.sandbox.books import kinds
from bankview.sandbox.books.diary import Diary
from bankview.sandbox.books.row import Account, Customer, account_number

if TYPE_CHECKING:
    from datetime import date

    from bankview.sandbox.books.row import Row

CUSTOMER = Customer("student", "Emil", "Dahl", "2004-09-30", "20583306", "1 account, 1 year")
ACCOUNT = Account("student", "Studentkonto", account_number("9713561203"), product="UNGKONTO")
ACCOUNTS = (ACCOUNT,)


def rows(today: date) -> tuple[Row, ...]:
    """Return the student's rows up to `today`, the same ones for the same day."""
    diary = Diary("student", today, 365)
    diary.book(ACCOUNT.id, diary.first, 412_010, "Åpningssaldo", kinds.OPENING)
    for day in diary.days():
        if day.day == 15 and day.month not in {6, 7}:
            diary.book(ACCOUNT.id, day, 1_412_800, "LÅNEKASSEN STUDIESTØTTE", kinds.INCOME)
        if day.day == 25 and day.month in {6, 7, 8}:
            diary.book(ACCOUNT.id, day, 1_878_050, "Lønn FERJEKAIA KIOSK", kinds.SALARY)
        if day.day == 1:
            diary.book(ACCOUNT.id, day, -520_000, "Husleie Moholt", kinds.RENT, reference="rent")
        for chance in (0.7, 0.4):
            if diary.happens(chance) and diary.balance[ACCOUNT.id] > 60_000:
                diary.visit(ACCOUNT.id, day, kinds.STUDENT)
    diary.await_booking(ACCOUNT.id, kinds.STUDENT[0], 21_940)
    return diary.rows()
