"""Which schemas are not what the template says, and in what exactly."""

from collections.abc import Callable, Iterable, Sequence

from django.db import connection
from django.utils import timezone

from tenants.fleet.models import Schema, SchemaState, Template
from tenants.fleet.upgrading.catalogue import SCHEMAS_AT_ONCE, Line, digests, expected, lines

Difference = tuple[str, str, str, str, str]
"""Kind, name, what (missing, extra or changed), as it should be, as it is."""
MOST_KEPT = 200
Tell = Callable[[int, int], None]
ORPHANS = """
    SELECT nspname FROM pg_namespace WHERE nspname ~ '^t_[a-z2-7]{20}$'
    AND NOT EXISTS (SELECT 1 FROM fleet_schema WHERE name = nspname) ORDER BY 1
"""


def verify(names: Sequence[str] = (), *, tell: Tell = lambda done, total: None) -> dict[str, list[Difference]]:
    """Compare companies' schemas with the templates of their fingerprints; note and give those that differ.

    Those of a fingerprint without a template cannot be compared and are left out.
    """
    rows = Schema.objects.filter(state=SchemaState.CLAIMED)
    rows = rows.filter(name__in=names) if names else rows
    found: dict[str, list[Difference]] = {}
    done, total = 0, rows.count()
    for template in Template.objects.filter(fingerprint__in=rows.values("fingerprint")):
        group = list(rows.filter(fingerprint=template.fingerprint).order_by("id").values_list("name", flat=True))
        for start in range(0, len(group), SCHEMAS_AT_ONCE):
            some = group[start : start + SCHEMAS_AT_ONCE]
            found |= _compared(template, some)
            done += len(some)
            tell(done, total)
    return found


def _compared(template: Template, names: Sequence[str]) -> dict[str, list[Difference]]:
    found = differences(template, names)
    rows, now = Schema.objects.filter(name__in=names), timezone.now()
    rows.exclude(name__in=found).update(drift=[], verified_at=now)
    for name, drift in found.items():
        rows.filter(name=name).update(drift=drift[:MOST_KEPT], verified_at=now)
    return found


def differences(template: Template, names: Sequence[str]) -> dict[str, list[Difference]]:
    """Of the schemas that are not as made from this template."""
    digest, wanted = expected(template)
    looked_at = digests(names)
    differing = [name for name in names if looked_at.get(name) != digest]
    return {name: compared(wanted, lines(name) if name in looked_at else []) for name in differing}


def compared(wanted: Iterable[Line], found: Iterable[Line]) -> list[Difference]:
    expected_ones = {(kind, name): text for kind, name, text in wanted}
    actual = {(kind, name): text for kind, name, text in found}
    if not actual:
        return [("schema", "", "missing", "", "")]
    told: list[Difference] = []
    for kind, name in sorted(expected_ones.keys() | actual.keys()):
        should, is_ = expected_ones.get((kind, name)), actual.get((kind, name))
        if should != is_:
            what = "missing" if is_ is None else "extra" if should is None else "changed"
            told.append((kind, name, what, should or "", is_ or ""))
    return told


def orphans() -> list[str]:
    """Schemas of ours that the ledger knows nothing of."""
    with connection.cursor() as cursor:
        cursor.execute(ORPHANS)
        return [row[0] for row in cursor.fetchall()]
