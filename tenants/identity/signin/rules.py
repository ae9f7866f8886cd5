"""The rules of signing in at a place, remembered in the process and forgotten on a word.

Every request asks for them (how long may a session live?), so they cost a query only once
a minute. Agencies and the platform keep to the defaults.
"""

import time
from dataclasses import dataclass, fields
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Final

from tenants.directory.hosts import also_forget
from tenants.identity.models import Authenticator, AuthenticatorKind, SecondFactorFor, SignInPolicy, User
from tenants.kernel import context

KEPT_SECONDS = 60.0
KEPT_AT_MOST = 10_000


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What holds at a place. Zero means no limit, except for the length of passwords."""

    password_length: int = 8
    password_classes: int = 1
    password_reuse: int = 0
    password_days: int = 0
    idle_minutes: int = 14 * 24 * 60
    absolute_hours: int = 30 * 24
    second_factor: str = SecondFactorFor.NOBODY
    second_factor_roles: tuple[str, ...] = ()
    allows_links: bool = True
    allows_passkeys: bool = True
    is_sso_only: bool = False
    networks: tuple[str, ...] = ()

    def lets_in(self, address: str) -> bool:
        """Whether somebody at this IP address may come in, and stay in."""
        if not self.networks:
            return True
        try:
            found = ip_address(address)
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None) or found
        return any(mapped in network for network in networks_of(self.networks))

    def wants_second_factor(self, user: User) -> bool:
        if self.second_factor == SecondFactorFor.ROLES:
            return bool(user.role and user.role.slug in self.second_factor_roles)
        return self.second_factor == SecondFactorFor.EVERYBODY


NAMES: Final = tuple(field.name for field in fields(Policy))


@lru_cache(maxsize=1024)
def networks_of(texts: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    """Raises ValueError."""
    return tuple(ip_network(text, strict=False) for text in texts)


STRONG = (AuthenticatorKind.TOTP, AuthenticatorKind.PASSKEY)
DEFAULTS: Final = Policy()
_kept: dict[str, tuple[float, Policy]] = {}
also_forget("policies", _kept.clear)


def policy_now() -> Policy:
    """The rules of the place we are in."""
    place = context.place()
    if not place.company_id:
        return DEFAULTS
    scope = place.salt
    kept = _kept.get(scope)
    if kept and kept[0] > time.monotonic():
        return kept[1]
    if len(_kept) >= KEPT_AT_MOST:
        _kept.clear()
    found = load(scope)
    _kept[scope] = (time.monotonic() + KEPT_SECONDS, found)
    return found


def load(scope: str) -> Policy:
    row = SignInPolicy.objects.filter(scope=scope).values(*NAMES).first()
    return Policy(**{name: frozen(value) for name, value in row.items()}) if row else Policy()


def frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, kind__in=STRONG).exists()
