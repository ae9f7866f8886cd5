"""People with roles in the company we are in."""

from typing import Any

from tenants.identity.actions import add_user
from tenants.identity.models import User


def person(email: str, role: str = "sales-rep") -> Any:
    user = add_user(email=email, name=email.partition("@")[0].title(), role=role, password="long enough 77")
    return User.objects.select_related("role").get(pk=user.pk)
