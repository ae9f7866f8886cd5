"""Demo data is made in the past; afterwards the present is back, whatever happened."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from tenants.kernel.clock import standing_at
from tenants.records.models import Change
from tests.factories import Twin, make

PAST = datetime(2025, 3, 4, 10, 30, tzinfo=UTC)


def test_records_and_history_are_of_that_moment(company: Twin) -> None:
    with standing_at(PAST):
        made = make("contacts", first_name="Priya")

    assert (made.created_at, made.updated_at) == (PAST, PAST)
    assert Change.objects.get(record_id=made.pk).created_at == PAST


def test_the_present_is_back_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), standing_at(PAST):
        raise ZeroDivisionError
    assert timezone.now() > PAST


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"), standing_at(datetime(2025, 3, 4)):
        pass
