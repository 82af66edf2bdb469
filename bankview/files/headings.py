"""What banks call their columns, in the languages of the countries whose banks we know files of.

Collected from descriptions of downloads that banks and others have published; folded, so that case, accents, blanks and
punctuation count for nothing.
"""

from __future__ import annotations

import re
import unicodedata

_BRACKETS = re.compile(r"[\(\[](.*?)[\)\]]")
_SIGNS = {"€": "EUR", "£": "GBP", "$": "USD", "kr": "", "eur": "EUR", "gbp": "GBP", "usd": "USD"}
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "ł": "l", "đ": "d", "œ": "oe"})

#: Currencies that stand in headings.
_SHORT = (
    "EUR USD GBP NOK SEK DKK CHF ISK PLN CZK HUF RON BGN UAH TRY CAD AUD NZD JPY CNY INR SGD HKD ZAR"
    " BRL MXN"
)
_CODES = frozenset(_SHORT.split())

#: For each field its headings, the likelier ones first.
_SAID = {
    "date": (
        "bookingdate bookeddate postingdate posteddate processeddate datebooked completeddate"
        " buchungstag buchungsdatum buchung bokfortdato bokforingsdato bokforingsdag bokfort"
        " bogforingsdato bogfort datecomptable datedecomptabilisation dateoperation dateop dateope"
        " datedoperation datadecomptabilizare fechaoperacion fechacontable fecha datacontabile"
        " dataoperazione dataoperacji datumzauctovani datumprovedeni boekdatum boekingsdatum"
        " date datum dato data datedecriture transactiondate datetransaction transaktionsdatum"
        " kjopsdato utfort bokforingsdatum"
    ),
    "value_date": (
        "valuedate valuteringsdato valutadatum wertstellung wertstellungstag wert valuta rentedato dateval valutadato"
        " interestdate datevaleur datedevaleur fechavalor datavaluta datawaluty rentedatum"
    ),
    "bought": (
        "transactiondate purchasedate starteddate trandate transdate kjopsdato kjopdato"
        " utfortdato dateachat umsatzdatum belegdatum"
    ),
    "amount": (
        "amount betrag belop belopp belob montant importe importo bedrag umsatz kwota castka objem"
        " transactionamount bedragbijaf betragineur montanteneuros belopinok valoare sum value"
    ),
    "out": (
        "debit debitamount moneyout paidout withdrawal withdrawals withdrawalamount ut"
        " utavkonto utfrakonto utgaende soll belastung lastschrift debiteuros debet uitgaven"
        " dr spent cargo addebiti uttak"
    ),
    "in": (
        "credit creditamount moneyin paidin deposit deposits depositamount inn innpakonto"
        " inninnskudd haben gutschrift crediteuros inkomsten cr received abono"
        " accrediti innbetaling"
    ),
    "direction": (
        "debitcredit creditdebit creditdebitindicator drcr crdr dc cd afbij bijaf byafcode"
        " sollhaben sh direction plusminus debetcredit transactiontype"
    ),
    "payee": (
        "payee payerpayee payeename counterparty counterpartyname merchant merchantname"
        " beneficiary recipient name empfanger zahlungsempfangerin naamomschrijving auftraggeberempfanger empfangerauftraggeber"
        " beguenstigterzahlungspflichtiger begunstigterzahlungspflichtiger"
        " auftraggeberbegunstigter zahlungsempfanger zahlungspflichtiger"
        " namezahlungsbeteiligter mottaker mottakernavn betalermottaker avsendermottaker navn namn"
        " naamtegenpartij tegenpartij naam beneficiaire nomdubeneficiaire nombeneficiaire"
        " libellesimplifie nazevprotiuctu nazwaodbiorcy nomcontrepartie partner partnername"
    ),
    "payer": "payer zahlungspflichtiger zahlungspflichtige auftraggeber avsender",
    "description": (
        "description label text tekst beskrivelse forklaring verwendungszweck libelle"
        " libelleoperation libelledeloperation libellecomplet omschrijving naamomschrijving"
        " mededelingen narrative rubrik details detailsdelecriture memo particulars message"
        " transactiondescription concepto concetto descrizione opis zpravaproprijemce"
        " buchungstext vorgang melding transaction"
    ),
    "raw_text": "rawtext",
    "reference": (
        "reference referenz ref kundenreferenz kundenreferenzendtoend endtoendreferenz kidnummer kid"
        " betalingskenmerk referanse referansenummer paymentreference variabilnisymbol"
        " endtoendid checknumber chequenumber checkorslip"
    ),
    "counterparty": (
        "counterpartyaccount comptedelacontrepartie counterpartyaccountnumber kontonummeriban"
        " ibanzahlungsbeteiligter gegenkonto gegenkontoiban tegenrekening"
        " tegenrekeningibanbban motkonto motpartskonto motpartenskonto protiucet"
        " payeeaccountnumber partneriban otherpartyaccount comptedecontrepartie"
        " comptecontrepartie"
    ),
    "category": "category kategori kategorie categorie",
    "tags": "tags",
    "notes": "notes",
    "balance": (
        "balance balanceafter runningbalance accountbalance saldo solde kontostand"
        " saldonachbuchung saldonabij saldonamutatie saldoetter saldoettertransaksjon"
        " balanceaftertransaction zustatek"
    ),
    "currency": (
        "currency currencycode wahrung waehrung devise mynt munt valuta mena waluta valutakode ccy"
    ),
    "original": "originalamount originalbelop opprinneligbelop ursprungsbetrag montantdorigine",
    "original_currency": "originalcurrency opprinneligvaluta ursprungswahrung devisedorigine originalvaluta",
    "rate": "exchangerate",
    "status": "status etat state statut",
    "account": (
        "accountbban accountnumber auftragskonto kontonummer konto rekeningnummer rekening"
        " numerodecompte bankaccount account accountid accountnum"
    ),
    "account_name": "accountname account konto compte kontonavn kontobezeichnung",
    "iban": "accountiban ibanauftragskonto ibanbban iban",
    "bank_id": (
        "banktransactionid uniqueid transactionid transaktionsid fitid arkivreferanse"
        " arkivref archivalid idpohybu operationid volgnr numericreference id"
    ),
    "own_id": "bankviewid",
}
HEADINGS = {field: tuple(said.split()) for field, said in _SAID.items()}


def folded(text: str) -> str:
    """Return a heading as it is compared; what stands in brackets is left out."""
    bare = _BRACKETS.sub("", text.casefold()).translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", bare)
    return "".join(
        letter for letter in plain if letter.isalnum() and not unicodedata.combining(letter)
    )


def currency_in(text: str) -> str:
    """Return the currency that a heading names in brackets or behind its words: "Amount (GBP)", "Montant EUR"."""
    bracketed: list[str] = _BRACKETS.findall(text)
    for said in (*bracketed, text.rpartition(" ")[2]):
        bare = said.strip()
        if bare.casefold() in _SIGNS:
            return _SIGNS[bare.casefold()]
        if bare in _CODES:
            return bare
    return ""


def fields(cells: list[str]) -> dict[str, tuple[int, ...]]:
    """Return which columns a header's cells name; each column is one field's."""
    names = [folded(one) for one in cells]
    bare = [folded(_without_code(one)) for one in cells]
    found: dict[str, tuple[int, ...]] = {}
    taken: set[int] = set()
    for field, headings in HEADINGS.items():
        places = [
            place
            for heading in headings
            for place, name in enumerate(names)
            if place not in taken and heading in {name, bare[place]}
        ]
        if places:
            found[field] = (places[0],)
            taken.add(places[0])
    return found


def _without_code(text: str) -> str:
    """Return a heading without the currency behind its words."""
    rest, _, last = text.strip().rpartition(" ")
    return rest if last in _CODES or last.casefold() in _SIGNS else text
