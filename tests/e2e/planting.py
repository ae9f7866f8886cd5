"""What the plants share: `plant_<name>.main(*arguments)` makes a company and says how its people come in."""

from django.conf import settings

from tenants.identity.models import User
from tests.e2e.gardener import Planted
from tests.factories import Twin, client_for


def cookie_of(user: User, host: str) -> str:
    """The session of a user who is signed in."""
    return client_for(user, host).cookies[settings.SESSION_COOKIE_NAME].value


def told(twin: Twin, **found: str) -> Planted:
    """Where to go, and with which cookie."""
    return {"host": twin.host, "cookie": settings.SESSION_COOKIE_NAME, **found}
