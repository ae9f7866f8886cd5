"""Numbers as people type them: understood or refused, never misread."""

from decimal import Decimal

import pytest
from django.utils import translation

from tenants.records.locale import typed_number
from tests.factories import Twin


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("en", "1840000", "1840000"),
        ("en", "18,40,000", "1840000"),
        ("en", "18,40,000.50", "1840000.50"),
        ("en", "-12.25", "-12.25"),
        ("bg", "1,5", "1.5"),
        ("bg", "12 345,67", "12345.67"),
        ("bg", "12345.67", "12345.67"),
    ],
)
def test_typed_number_is_what_was_meant(company: Twin, language: str, typed: str, meant: str) -> None:
    with translation.override(language):
        assert typed_number(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["1,5", "1.5.5", "twelve", "", "1e400", "NaN", "Infinity", "--1", "1,2,3"])
def test_typed_number_refuses_what_it_would_have_to_guess(company: Twin, typed: str) -> None:
    assert typed_number(typed) is None
