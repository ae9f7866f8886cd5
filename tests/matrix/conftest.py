"""The scenes of the matrix: each made once for a module, in a transaction that is undone at its end."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from tenants.directory import hosts
from tenants.identity.models import ApiKey
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import Twin
from tests.matrix.asking import Scene, digest
from tests.matrix.people import agency_people, company_people, platform_people
from tests.matrix.portal import furnish_agency, furnish_platform
from tests.matrix.scene import furnish

Twins = tuple[Twin, Twin]
HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("MD5", "Argon2")]
QUICK = {"SANDBOX_URL": "http://127.0.0.1:9", "PASSWORD_HASHERS": HASHERS}
"""A practice line that nobody dials, and passwords that cost nothing: the matrix guesses none."""


@pytest.fixture(scope="module")
def _undone(_twins: Twins, django_db_blocker: Any) -> Iterator[Twins]:
    with override_settings(**QUICK), django_db_blocker.unblock(), context.public(), transaction.atomic():
        token = context._context.set(None)
        yield _twins
        context._context.reset(token)
        transaction.set_rollback(True)
        hosts._forget()
        cache.clear()


@pytest.fixture(scope="module")
def scenes(_undone: Twins) -> dict[str, Scene]:
    """All three faces: what one is asked may lie in another's tables."""
    one, other = _undone
    with context.inside(one.place, actor=robot()):
        things = furnish(one)
        company = Scene("company", one.place, things, company_people(one, other, things))
    door = context.Place(schema="public", agency_id=one.agency.pk)
    with context.inside(door, actor=robot()):
        agency = Scene("agency", door, furnish_agency(one), agency_people(one, other))
    with context.public(actor=robot()):
        platform = Scene("platform", context.place(), furnish_platform(one), platform_people(one))
    found = {one.face: one for one in (company, agency, platform)}
    for scene in found.values():
        with context.inside(scene.place):  # what a key's first use notes is noted before
            ApiKey.objects.update(last_used_at=timezone.now() + timedelta(days=1), last_machine="127.0.0.1")
        scene.digest = digest(scene.place)
    return found
