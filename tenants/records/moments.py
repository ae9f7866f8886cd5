"""Cursors into rows that stand by a moment, newest first: the moment and the id of the last row of a page."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from tenants.kernel.errors import Invalid


def cursor_behind(moment: datetime, row_id: object) -> str:
    return f"{moment.isoformat()}~{row_id}"


def place_of(cursor: str) -> tuple[datetime, UUID]:
    """Where a cursor stands. Raises Invalid for one that is not ours."""
    at, _sign, row_id = cursor.replace(" ", "+").partition("~")  # an address may have lost its plus
    try:
        moment = datetime.fromisoformat(at)
        return (moment if moment.tzinfo else timezone.make_aware(moment)), UUID(row_id)
    except ValueError as error:
        raise Invalid({"cursor": ["This cursor is not one of ours. Start again without it."]}) from error
