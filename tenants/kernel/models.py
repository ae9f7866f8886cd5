"""What every table of ours has: a UUIDv7 key and two moments."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.kernel.ids import uuid7


class Row(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        abstract = True
