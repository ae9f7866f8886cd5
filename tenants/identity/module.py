"""Identity's part in a new company: its roles and its owner."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from tenants.identity.actions import add_user, seed_roles
from tenants.identity.enums import OWNER
from tenants.kernel.modules import Module


def seed(facts: Mapping[str, str]) -> None:
    seed_roles()
    add_user(email=facts["owner_email"], name=facts["owner_name"], role=OWNER)


module = Module(name="identity", label=_("People"), seed=seed)
