"""Websockets (T24): there are none yet. The day there are, this door is not proven until somebody attacks it."""

from django.conf import settings

from saas.isolation.scene import Scene
from saas.isolation.tally import Tally


def attack(scene: Scene, tally: Tally) -> None:
    is_there = bool(getattr(settings, "ASGI_APPLICATION", "")) or "channels" in settings.INSTALLED_APPS
    tally.is_absent = not is_there
    if is_there:
        tally.broke("There are websockets now, and no attack on them.")
