"""The one place that reads a confidential value for a person."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.identity.auditing.writing import audit
from tenants.identity.enums import REVEAL
from tenants.identity.throttle import REVEAL_USER
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, NotFound
from tenants.records.fields import Confidential
from tenants.records.queries import require, require_on
from tenants.records.registry import type_of


@transaction.atomic
def reveal_value(*, record: Any, name: str, by: Actor) -> str:
    """The value of a confidential field, "" where there is none; noted as `field.revealed`.

    `record` is one that the actor sees. Raises Denied, NotFound for what is no such field
    (or hidden by a field rule), TooManyTries beyond 30 in an hour.
    """
    record_type = type_of(record)
    field = record_type.fields.get(name) if record_type else None
    if record_type is None or not isinstance(field, Confidential):
        raise NotFound(_("This record has no confidential field of this name."), field="field")
    require(by, REVEAL, record_type.name)
    require_on(by, REVEAL, record)
    if by.user_id is None:
        raise Denied(_("Only people, and keys that work as one, are shown confidential values."))
    REVEAL_USER.press(f"{context.place().salt}:{by.user_id}")
    secret = field.value(record)
    audit(
        "field.revealed", by=by, subject=str(record), field=field.label, name=name, type=record_type.name,
        record=str(record.pk), is_empty=secret is None,
    )  # fmt: skip
    return secret.reveal() if secret else ""
