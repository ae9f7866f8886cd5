"""Users of SCIM are our people. Owners can be read by a directory, never changed."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from tenants.identity.actions import add_user, audit
from tenants.identity.enums import OWNER
from tenants.identity.models import ScimClient, ScimItem, User
from tenants.identity.people import checked_email, checked_name, deactivate_user, name_from, reactivate_user
from tenants.identity.scim.errors import ScimError
from tenants.identity.scim.patching import as_bool, flat
from tenants.kernel.actors import Actor

SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
COLUMNS = {
    "id": "pk", "username": "called", "externalid": "scim__external_id", "active": "is_active", "emails": "email",
    "emails.value": "email", "name.formatted": "name", "displayname": "name", "meta.lastmodified": "updated_at",
}  # fmt: skip


def people() -> QuerySet[User]:
    """Everybody the directory may see, in the order they came."""
    called = Coalesce(NullIf(F("scim__user_name"), Value("")), F("email"), output_field=CharField())
    rows = User.objects.select_related("role", "scim").prefetch_related("teams").annotate(called=called)
    return rows.exclude(Q(scim__isnull=False, scim__is_gone=True)).order_by("pk")


def person_by_id(user_id: UUID) -> User:
    found = people().filter(pk=user_id).first()
    if not found:
        raise ScimError("There is no such user.", status=404)
    return found


@transaction.atomic
def create_person(client: ScimClient, body: dict[str, Any], by: Actor) -> User:
    """Raises ScimError when the name is taken; somebody deleted over there is let in again."""
    values = flat(body)
    user_name, email = _called(values), _email_in(values)
    if people().filter(Q(email__iexact=email) | Q(called__iexact=user_name)).exists():
        raise ScimError(f"{user_name} is here already.", status=409, kind="uniqueness")
    user = User.objects.select_related("role").filter(email__iexact=email).first()
    if user is None:
        user = add_user(email=email, name=_name_in(values, email), role=client.default_role.slug)
        user.invited_at = None
        user.save(update_fields=["invited_at", "updated_at"])
        audit("user.provisioned", by=by, subject=user.email)
    refuse_owner(user)
    names = {"external_id": str(values.get("externalid") or "")[:255], "user_name": user_name, "is_gone": False}
    ScimItem.objects.update_or_create(user=user, defaults=names)
    _switch(user, as_bool(values.get("active", True)), by)
    return person_by_id(user.pk)


@transaction.atomic
def change_person(user: User, values: dict[str, Any], by: Actor) -> User:
    """Set the attributes that are named; those we do not keep are passed over. Raises ScimError, Invalid."""
    refuse_owner(user)
    item, _made = ScimItem.objects.get_or_create(user=user, defaults={"user_name": user.email})
    if "externalid" in values:
        item.external_id = str(values["externalid"] or "")[:255]
    if values.get("username"):
        item.user_name = _called(values)
    item.save()
    _rename(user, values)
    if "active" in values:
        _switch(user, as_bool(values["active"]), by)
    audit("user.provisioned", by=by, subject=user.email, changed=sorted(values))
    return person_by_id(user.pk)


def _rename(user: User, values: dict[str, Any]) -> None:
    before = (user.name, user.email)
    user.name = _name_in(values, user.email, now=user.name)
    if "emails" in values or "@" in str(values.get("username") or ""):
        user.email = _email_in(values)
    if (user.name, user.email) == before:
        return
    if User.objects.filter(email__iexact=user.email).exclude(pk=user.pk).exists():
        raise ScimError(f"{user.email} is somebody else's.", status=409, kind="uniqueness")
    user.save(update_fields=["name", "email", "updated_at"])


@transaction.atomic
def delete_person(user: User, by: Actor) -> None:
    """Gone for the directory; here the person is shut out, and what it did stays."""
    refuse_owner(user)
    deactivate_user(user=user, by=by)
    names = {"is_gone": True, "external_id": ""}
    ScimItem.objects.update_or_create(user=user, defaults=names, create_defaults=names | {"user_name": user.email})


def _switch(user: User, is_active: bool, by: Actor) -> None:
    if is_active:
        reactivate_user(user=user, by=by)
    else:
        deactivate_user(user=user, by=by)


def refuse_owner(user: User) -> None:
    if user.role and user.role.slug == OWNER:
        raise ScimError("Owners are changed in the company's settings only.", status=403)


def _called(values: dict[str, Any]) -> str:
    found = str(values.get("username") or "").strip()
    if not found or len(found) > 255 or "\x00" in found:
        raise ScimError("userName is missing or too long.", kind="invalidValue")
    return found


def _email_in(values: dict[str, Any]) -> str:
    """The primary address, else the first, else the user name if it is one."""
    rows = [one for one in values.get("emails") or [] if isinstance(one, dict) and one.get("value")]
    primary = next((one for one in rows if one.get("primary") in (True, "True", "true")), rows[0] if rows else {})
    return checked_email(str(primary.get("value") or values.get("username") or ""))


def _name_in(values: dict[str, Any], email: str, now: str = "") -> str:
    """As the directory writes it: in one piece, or in two; else what it is now."""
    whole = values.get("name.formatted") or values.get("displayname") or ""
    first, _space, last = now.partition(" ")
    if not whole and ("name.givenname" in values or "name.familyname" in values):
        whole = f"{values.get('name.givenname') or first} {values.get('name.familyname') or last}"
    return checked_name(str(whole).strip() or now or name_from(email))


def shown_person(user: User, base_url: str) -> dict[str, Any]:
    item: ScimItem | None = getattr(user, "scim", None)
    given, _space, family = user.name.partition(" ")
    found: dict[str, Any] = {
        "schemas": [SCHEMA],
        "id": str(user.pk),
        "userName": (item.user_name if item else "") or user.email,
        "name": {"formatted": user.name, "givenName": given, "familyName": family},
        "displayName": user.name,
        "emails": [{"value": user.email, "type": "work", "primary": True}],
        "active": user.is_active,
        "groups": [{"value": str(team.pk), "display": team.name} for team in user.teams.all()],
        "roles": [{"value": user.role.slug, "display": user.role.name}] if user.role else [],
        "meta": {
            "resourceType": "User", "created": user.created_at.isoformat(), "lastModified": user.updated_at.isoformat(),
            "location": f"{base_url}/scim/v2/Users/{user.pk}",
        },
    }  # fmt: skip
    return found | ({"externalId": item.external_id} if item and item.external_id else {})
