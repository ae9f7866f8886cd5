"""Agencies on their way in."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from tenants.directory.models import Agency
from tenants.kernel.models import Row

WAITS = timedelta(days=3)


class SignUp(Row):
    """A sign-up whose e-mail address waits to be confirmed.

    The person becomes a user only then: nobody can put a password on an address
    that is not theirs.
    """

    agency = models.OneToOneField(Agency, models.CASCADE, related_name="sign_up")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    password = models.CharField(max_length=256, help_text="Hashed, as a user's is")
    terms_accepted_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.email} for {self.agency}"

    @property
    def is_stale(self) -> bool:
        """Nobody confirmed it in time: its slug may go to somebody else."""
        return not self.confirmed_at and (self.mailed_at or self.created_at) < timezone.now() - WAITS
