"""What the platform sells to agencies, as data."""

from django.db import models

from tenants.kernel.models import Row


class Plan(Row):
    """A plan on the price list. Quotas are numbers by name; null means without limit."""

    slug = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    summary = models.CharField(max_length=160)
    position = models.PositiveSmallIntegerField(default=0)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True, help_text="A month; empty: on request")
    currency = models.CharField(max_length=3, default="USD")
    quotas = models.JSONField(default=dict)
    features = models.JSONField(default=list)
    is_highlighted = models.BooleanField(default=False)
    is_public = models.BooleanField(default=True)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.name
