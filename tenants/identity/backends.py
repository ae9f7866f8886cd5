"""Sign-in by e-mail and password, in the place the host leads to."""

from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from tenants.identity.models import User


class PasswordBackend:
    def authenticate(self, request: Any, email: str = "", password: str = "") -> User | None:
        """The user, or None; an unknown address costs as much time as a wrong password."""
        user = User.objects.select_related("role").filter(email__iexact=email.strip(), is_active=True).first()
        if user is None:
            make_password(password)
            return None
        return user if user.check_password(password) else None

    def get_user(self, user_id: UUID) -> User | None:
        return User.objects.select_related("role").filter(pk=user_id, is_active=True).first()
