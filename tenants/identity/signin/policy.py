"""Changing the rules of signing in, without anybody locking oneself out."""

from dataclasses import replace
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.directory.hosts import forget_other
from tenants.identity.actions import audit
from tenants.identity.enums import SETTINGS
from tenants.identity.models import Authenticator, Role, SecondFactorFor, SignInPolicy, SsoConnection, User
from tenants.identity.signin.rules import NAMES, STRONG, Policy, frozen, has_second_factor, load, networks_of
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid

RANGES: Final = {
    "password_length": (8, 64),
    "password_classes": (1, 4),
    "password_reuse": (0, 24),
    "password_days": (0, 730),
    "idle_minutes": (5, 90 * 24 * 60),
    "absolute_hours": (1, 90 * 24),
}


@transaction.atomic
def update_policy(*, values: dict[str, Any], by: Actor) -> Policy:
    """Change some of the rules; people whom a new one asks for more are signed out. Raises Denied, Invalid."""
    if not by.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may change how people sign in."))
    scope = context.place().salt
    row, _made = SignInPolicy.objects.select_for_update().get_or_create(scope=scope)
    before = load(scope)
    after = replace(before, **_checked(values))
    _keep_way_in(after, by)
    changed = {name: getattr(after, name) for name in NAMES if getattr(after, name) != getattr(before, name)}
    for name, value in changed.items():
        setattr(row, name, list(value) if isinstance(value, tuple) else value)
    row.save()
    if changed:
        audit("sign_in_policy.changed", by=by, subject=", ".join(changed), after=changed)
    if after.second_factor != before.second_factor or after.second_factor_roles != before.second_factor_roles:
        _sign_out_those_without(after)
    forget_other("policies")
    return after


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    for name, (least, most) in RANGES.items():
        value = values.get(name, least)
        if not isinstance(value, int) or not least <= value <= most:
            errors[name] = [_("Choose a number from %(least)d to %(most)d.") % {"least": least, "most": most}]
    if values.get("second_factor", SecondFactorFor.NOBODY) not in SecondFactorFor.values:
        errors["second_factor"] = [_("Choose one from the list.")]
    networks = list(values.get("networks", ()))
    for text in networks:
        try:
            networks_of((text,))
        except ValueError:
            errors["networks"] = [
                _("This is no network: %(text)s. Write one like 203.0.113.0/24.") % {"text": text[:60]}
            ]
    roles = set(values.get("second_factor_roles", ()))
    if roles - set(Role.objects.filter(slug__in=roles).values_list("slug", flat=True)):
        errors["second_factor_roles"] = [_("Choose roles from the list.")]
    if errors:
        raise Invalid(errors)
    return {name: frozen(value) for name, value in values.items()}


def _keep_way_in(after: Policy, by: Actor) -> None:
    """What is asked of all works for who asks it: nobody locks oneself out. Raises Invalid."""
    user = User.objects.select_related("role").filter(pk=by.user_id).first() if by.user_id else None
    if after.is_sso_only and not SsoConnection.objects.filter(is_enabled=True, last_used_at__isnull=False).exists():
        text = _("Sign in through a provider once, to show that it works: otherwise this would lock everybody out.")
        raise Invalid({"is_sso_only": [text]})
    machine = context.current().machine
    if user and not after.lets_in(machine):
        text = _("Your own address, %(address)s, is not within: this would lock you out.") % {"address": machine or "?"}
        raise Invalid({"networks": [text]})
    if user and after.wants_second_factor(user) and not has_second_factor(user):
        text = _("Set up a second factor for yourself first, in your profile: otherwise this would lock you out.")
        raise Invalid({"second_factor": [text]})


def _sign_out_those_without(after: Policy) -> None:
    """Their next sign-in leads them through the set-up."""
    people = User.objects.select_related("role").filter(is_active=True, sessions__isnull=False).distinct()
    safe = set(Authenticator.objects.filter(kind__in=STRONG).values_list("user_id", flat=True))
    for user in people:
        if user.pk not in safe and after.wants_second_factor(user):
            user.sessions.all().delete()
