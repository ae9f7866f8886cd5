"""What every table of ours has: a UUIDv7 key and two moments. And the keys that secrets are kept under."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.kernel.ids import uuid7


class Row(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        abstract = True


class DataKey(Row):
    """A key that the secrets of this place are encrypted with; itself encrypted with a master key.

    It lies in the company's own schema, so that a copy of the schema can be read wherever
    its master key is. The newest encrypts, all decrypt.
    """

    master = models.CharField(max_length=16)
    """Which master key wraps it."""
    wrapped = models.CharField(max_length=120)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return str(self.pk)
