"""Nobody gives what they do not hold: how far the one who acts reaches, and what in a role goes beyond."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from tenants.identity.enums import EDIT, SETTINGS, SHARE, VIEWS
from tenants.identity.errors import MoreThanHeld
from tenants.identity.keys import VERBS
from tenants.identity.models import Role
from tenants.identity.roles.matrix import (
    ALL,
    FAR,
    FAR_WORDS,
    NONE,
    VERB_WORDS,
    Access,
    access_of,
    cell,
    is_yes_or_no,
    subjects,
)
from tenants.kernel.actors import Actor, Grants, covers
from tenants.kernel.errors import Invalid
from tenants.records.registry import record_types

LIMITS = ("", "read_only", "hidden")
"""From nothing said to the most that can be."""
Faults = dict[str, list[str]]


def held(by: Actor, subject: str, verb: str) -> str:
    """How far the actor's own role lets them: what others lent them is not theirs to give."""
    if not by.may(verb, subject):
        return NONE
    permit = by.permit
    if permit.user_id is None:
        return ALL
    if not permit.grants_verb(verb, subject):
        return NONE
    return ALL if is_yes_or_no(subject, verb) else permit.reach(verb, subject).value


def refuse_beyond(after: Access, by: Actor, before: Access | None = None) -> None:
    """Raise Invalid for whatever goes further than before, and further than the actor's own role."""
    errors = {
        **dict(_cells(after, before, by)),
        **dict(_switches(after, before, by)),
        **dict(_fields(after, before, by)),
    }
    if errors:
        raise Invalid(errors)


def refuse_role(role: Role, by: Actor) -> None:
    """Raise MoreThanHeld for making somebody what goes beyond what the actor may, whatever the role calls it."""
    words = _("The role %(role)s may more than you may yourself.") % {"role": role}
    try:
        if by.kind != "robot" and not covers(_of_records(by.grants), _of_records(role.as_grants)):
            raise MoreThanHeld(words, field="role", fix=_("Ask an owner to do this."))
        refuse_beyond(access_of(role), by)
    except Invalid as error:
        raise MoreThanHeld(words, field="role", fix=_("Ask an owner to do this.")) from error


def _of_records(grants: Grants) -> Grants:
    """All but the shaping of views, of which `*` does not speak: it has a switch of its own."""
    return {name: verbs for name, verbs in grants.items() if name != VIEWS}


def _cells(after: Access, before: Access | None, by: Actor) -> Iterator[tuple[str, list[str]]]:
    names = subjects()
    for name, label in names.items():
        for verb in VERBS:
            far = cell(after.records, name, verb)
            was = cell(before.records, name, verb) if before else NONE
            if _rank(far) <= max(_rank(was), _rank(held(by, name, verb))):
                continue
            # A type that follows the row of all others is at fault there.
            place = name if name in after.records else "*"
            words = {
                "verb": str(VERB_WORDS[verb]).lower(),
                "what": label.lower(),
                "far": FAR_WORDS[held(by, name, verb)],
            }
            yield (
                f"records.{place}.{verb}",
                [_("You cannot give more than you have (%(verb)s %(what)s: %(far)s).") % words],
            )


def _rank(far: str) -> int:
    return FAR.index(far)


def _switches(after: Access, before: Access | None, by: Actor) -> Iterator[tuple[str, list[str]]]:
    asked = (
        ("settings", after.settings, before and before.settings, (EDIT, SETTINGS)),
        ("shares_views", after.shares_views, before and before.shares_views, (SHARE, VIEWS)),
    )
    for name, now, was, (verb, subject) in asked:
        if now and not was and not by.may(verb, subject):
            yield name, [_("You cannot give what you do not have yourself.")]


def _fields(after: Access, before: Access | None, by: Actor) -> Iterator[tuple[str, list[str]]]:
    """Who does not see a field opens it to nobody."""
    for one in record_types():
        if cell(after.records, one.name, "view") == NONE:
            continue
        for field, limit in by.permit.limits(one.name).items():
            now = LIMITS.index(after.fields.get(one.name, {}).get(field, ""))
            was = LIMITS.index(before.fields.get(one.name, {}).get(field, "")) if before else len(LIMITS)
            if now < min(was, LIMITS.index(limit.value)):
                yield f"fields.{one.name}.{field}", [_("You cannot open a field that is closed to yourself.")]
