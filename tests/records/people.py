"""Colleagues for tests about who may read and write what."""

from typing import Any

from tenants.identity.actions import add_user
from tenants.identity.models import User


def colleague(name: str, role: str = "sales-rep") -> Any:
    """A user with the role loaded, so that `.actor` costs nothing."""
    made = add_user(email=f"{name.lower().replace(' ', '.')}@works.example", name=name, role=role)
    return User.objects.select_related("role").get(pk=made.pk)
