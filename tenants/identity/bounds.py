"""Who counts as an owner: the person, or a key that may all its owner may. What may be given is in `roles.bounds`."""

from tenants.identity.enums import OWNER
from tenants.identity.models import User
from tenants.kernel.actors import Actor


def owns(by: Actor) -> bool:
    """Whether an owner acts."""
    owners = User.objects.filter(pk=by.user_id or "", role__slug=OWNER, is_active=True)
    return by.scopes is None and bool(by.user_id) and owners.exists()
