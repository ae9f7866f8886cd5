"""The choices somebody made for a header, for the next file that has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.importing.plan import Column
from tenants.records.models import Preference
from tenants.records.preferences import preference, set_preferences

KEPT = 40


def key_for(type_name: str, headers: Sequence[str]) -> str:
    return f"import.{type_name}.{crc32(chr(31).join(headers).encode()):08x}"


@dataclass(frozen=True)
class Remembered:
    """Targets by header, and the headers whose columns only filled what was empty."""

    targets: Mapping[str, str]
    fills: frozenset[str] = frozenset()


def remembered(actor: Actor, type_name: str, headers: Sequence[str]) -> Remembered:
    """Nothing for a header not met before."""
    found = preference(actor, key_for(type_name, headers))
    if not isinstance(found, dict) or not isinstance(found.get("targets"), dict):
        return Remembered({})
    return Remembered(found["targets"], frozenset(found.get("fills", ())))


def remember(*, type_name: str, columns: Sequence[Column], by: Actor) -> None:
    """Keep the choices, in place of the oldest when there are many. A mapping too large to keep is not kept."""
    if not by.user_id:
        return
    mine = Preference.objects.filter(user=by.user_id, key__startswith="import.").order_by("-updated_at")
    Preference.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[KEPT:])).delete()
    key = key_for(type_name, [column.header for column in columns])
    targets = {column.header: column.target for column in columns}
    fills = [column.header for column in columns if column.fills]
    try:
        set_preferences(values={key: {"targets": targets, "fills": fills}}, by=by)
    except Invalid:
        return
