"""Rules that need no database: GSTIN, places of supply, rates, words, numbers."""

from datetime import date
from decimal import Decimal

import pytest

from tenants.invoicing.india import gstin
from tenants.invoicing.india.states import CURRENT, STATES, state_named
from tenants.invoicing.numbers import BULGARIA, ELSEWHERE, INDIA, financial_year, prefix_fits
from tenants.invoicing.parties import Party, tax_id_fault
from tenants.invoicing.rates import is_known
from tenants.invoicing.regimes import supply_of
from tenants.invoicing.words import rupees_in_words

VALID = (
    "27AAPFU0939F1ZV 29AAGCB7383J1Z4 18AABCU9603R1ZM 04AAACL1234C1ZD 07AAACL1234C1Z7 24AAACL1234C1ZB "
    "27AAACL1234C1Z5 29AAACL1234C1Z1 33AAACL1234C1ZC 38AAACL1234C1Z2 97AAACL1234C1ZY"
).split()
SELLER = Party(name="S", tax_id="29AAGCB7383J1Z4", country="IN", state="29")
BULGARIAN = Party(name="S", tax_id="BG175074752", country="BG")


@pytest.mark.parametrize("number", VALID)
def test_gstin_that_is_valid(number: str) -> None:
    assert gstin.fault_of(number) == ""
    assert gstin.state_of(number.lower()) == number[:2]


@pytest.mark.parametrize("number", ["29AWGPV7107B1Z1", "37ARZPT4384Q1MT", "06AABCU9605R1ZR", "27AAPFU0939F1ZA"])
def test_gstin_with_a_wrong_check_character(number: str) -> None:
    assert gstin.fault_of(number)


def test_gstin_says_what_is_wrong() -> None:
    assert "15 characters" in gstin.fault_of("27AAPFU0939F")
    assert "mistyped" in gstin.fault_of("27AAPFU0939F1ZA")
    assert "77 is none" in gstin.fault_of("77AAPFU0939F1ZV")


def test_every_single_mistyped_character_is_found() -> None:
    number = VALID[0]
    for place in range(15):
        for other in gstin.DIGITS:
            if other != number[place]:
                assert gstin.fault_of(number[:place] + other + number[place + 1 :])


def test_states() -> None:
    assert len(CURRENT) == 37
    assert state_named("  karnataka ") == "29"
    assert state_named("Orissa") == "21"
    assert state_named("Bavaria") == ""
    assert {code for code, state in STATES.items() if state.has_ut_tax} == {"04", "25", "26", "31", "35", "38", "97"}


@pytest.mark.parametrize(
    ("buyer", "place", "regime", "heads"),
    [
        (Party(country="IN", state="29"), "29", "intra", ["CGST", "SGST"]),
        (Party(country="IN", state="27"), "27", "inter", ["IGST"]),
        (Party(country="IN"), "29", "intra", ["CGST", "SGST"]),
        (Party(country="US"), "96", "export", []),
    ],
)
def test_indian_supply(buyer: Party, place: str, regime: str, heads: list[str]) -> None:
    supply = supply_of(SELLER, buyer)

    assert (supply.place, supply.regime.code, [head.name for head in supply.regime.heads]) == (place, regime, heads)


def test_union_territory_takes_utgst() -> None:
    seller = Party(tax_id="04AAACL1234C1ZD", country="IN", state="04")

    assert [head.name for head in supply_of(seller, Party(country="IN", state="04")).regime.heads] == ["CGST", "UTGST"]


def test_place_of_supply_that_a_person_chose_wins() -> None:
    assert supply_of(SELLER, Party(country="IN", state="29"), "33").regime.code == "inter"


def test_unregistered_seller_charges_nothing() -> None:
    assert supply_of(Party(country="IN", state="29"), Party(country="IN", state="29")).regime.heads == ()


@pytest.mark.parametrize(
    ("buyer", "regime"),
    [
        (Party(country="BG"), "local"),
        (Party(country="DE", tax_id="DE136695976"), "reverse"),
        (Party(country="DE"), "local"),
        (Party(country="US"), "export"),
    ],
)
def test_european_supply(buyer: Party, regime: str) -> None:
    assert supply_of(BULGARIAN, buyer).regime.code == regime


def test_eik_without_letters_is_no_vat_registration() -> None:
    assert supply_of(Party(country="BG", tax_id="175074752"), Party(country="BG")).regime.code == "unregistered"
    assert tax_id_fault("BG", "175074752") == ""
    assert tax_id_fault("BG", "175074753")


def test_rates_follow_the_day() -> None:
    assert is_known(Decimal(28), "IN", date(2025, 9, 21))
    assert not is_known(Decimal(40), "IN", date(2025, 9, 21))
    assert is_known(Decimal(40), "IN", date(2025, 9, 22))
    assert not is_known(Decimal(28), "IN", date(2026, 2, 1))
    assert is_known(Decimal("8.875"), "US", date(2026, 2, 1))


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "Rupees Zero Only"),
        ("1840000.50", "Rupees Eighteen Lakh Forty Thousand and Fifty Paise Only"),
        ("123456789", "Rupees Twelve Crore Thirty Four Lakh Fifty Six Thousand Seven Hundred Eighty Nine Only"),
        ("1000000000", "Rupees One Hundred Crore Only"),
    ],
)
def test_rupees_in_words(amount: str, words: str) -> None:
    assert rupees_in_words(Decimal(amount)) == words


def test_numbers_follow_the_country() -> None:
    assert INDIA.number("INV", financial_year(date(2026, 11, 21)), 1) == "INV/26-27/0001"
    assert financial_year(date(2027, 3, 31)) == "26-27"
    assert financial_year(date(2000, 3, 31)) == "99-00"
    assert len(INDIA.number("ABCD", "26-27", 99_999)) == 16
    assert BULGARIA.number("", BULGARIA.period(date(2026, 1, 1)), 7) == "0000000007"
    assert ELSEWHERE.number("INV", ELSEWHERE.period(date(2026, 1, 1)), 7) == "INV-2026-0007"


@pytest.mark.parametrize(
    ("prefix", "fits"), [("INV", True), ("0INV", False), ("INVOI", False), ("-A", False), ("A/", False)]
)
def test_indian_prefixes(prefix: str, fits: bool) -> None:
    assert prefix_fits(prefix, "IN") is fits
