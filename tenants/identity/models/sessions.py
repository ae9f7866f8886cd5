"""Signed-in browsers."""

from typing import Any

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from tenants.identity.models.people import User


class Session(AbstractBaseSession):
    """A signed-in browser. `scope` is the door it came in by; it opens no other."""

    scope = models.CharField(max_length=60)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    opened_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(auto_now=True)
    method = models.CharField(max_length=12, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)

    class Meta(AbstractBaseSession.Meta):
        pass

    @classmethod
    def get_session_store_class(cls) -> Any:
        from tenants.identity.sessions import SessionStore  # Django's session API asks for this cycle

        return SessionStore
