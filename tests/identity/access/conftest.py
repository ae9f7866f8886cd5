"""People who may change the settings and hold less than an owner."""

from collections.abc import Callable
from typing import Any

import pytest

from tenants.identity.models import Role, User
from tenants.identity.roles.actions import create_role
from tenants.identity.roles.matrix import Access
from tenants.kernel.actors import robot
from tests.factories import Twin
from tests.records.people import colleague

Clerk = Callable[..., User]


@pytest.fixture
def clerk(company: Twin) -> Clerk:
    """`clerk(view="own", …)`: somebody who may change the settings, and this much with records."""
    made: list[User] = []

    def make(*, fields: dict[str, dict[str, str]] | None = None, **far: str) -> Any:
        number = len(made) + 1
        access = Access(records={"*": far}, settings=True, fields=fields or {})
        role = create_role(name=f"Clerk {number}", access=access, by=robot())
        found = colleague(f"Clerk Number{number}")
        User.objects.filter(pk=found.pk).update(role=Role.objects.get(pk=role.pk))
        made.append(found)
        return User.objects.select_related("role").get(pk=found.pk)

    return make
