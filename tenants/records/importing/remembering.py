"""The choices somebody made for a header, for the next file that has it."""

from collections.abc import Mapping, Sequence
from zlib import crc32

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.models import Preference
from tenants.records.preferences import preference, set_preferences

KEPT = 40


def key_for(type_name: str, headers: Sequence[str]) -> str:
    return f"import.{type_name}.{crc32(chr(31).join(headers).encode()):08x}"


def remembered(actor: Actor, type_name: str, headers: Sequence[str]) -> Mapping[str, str]:
    """Targets by header; nothing for a header not met before."""
    found = preference(actor, key_for(type_name, headers))
    return found if isinstance(found, dict) else {}


def remember(*, type_name: str, headers: Sequence[str], targets: Mapping[str, str], by: Actor) -> None:
    """Keep the choices, in place of the oldest when there are many. A mapping too large to keep is not kept."""
    if not by.user_id:
        return
    mine = Preference.objects.filter(user=by.user_id, key__startswith="import.").order_by("-updated_at")
    Preference.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[KEPT:])).delete()
    try:
        set_preferences(values={key_for(type_name, headers): dict(targets)}, by=by)
    except Invalid:
        return
