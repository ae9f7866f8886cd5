"""Rows checked before they are written, with the domain's own error."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db.models import CharField, Model

from tenants.kernel.errors import Invalid


def check_row(row: Model, *, leave_out: Sequence[str] = ()) -> None:
    """Tidy the row's texts and check its fields; the database keeps uniqueness. Raises Invalid."""
    for field in row._meta.get_fields():
        if isinstance(field, CharField) and isinstance(value := getattr(row, field.name), str):
            setattr(row, field.name, " ".join(value.replace("\x00", "").split()))
    try:
        row.full_clean(exclude=list(leave_out), validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise Invalid({name: [str(text) for text in texts] for name, texts in error.message_dict.items()}) from error
