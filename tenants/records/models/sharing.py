"""Records opened to others than role and team would let in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.kernel.models import Row
from tenants.records.models.base import Pointer


class Share(Row, Pointer):
    """One record shared with one person or one team."""

    user = models.ForeignKey("identity.User", models.CASCADE, null=True, related_name="+")
    team = models.ForeignKey("identity.Team", models.CASCADE, null=True, related_name="+")
    may_edit = models.BooleanField(_("may edit"), default=False)
    shared_by = models.ForeignKey("identity.User", models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "record_id", "record_type", "user", "team", name="share_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(user=None, team__isnull=False) | models.Q(user__isnull=False, team=None),
                name="share_with_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_type} {self.record_id} for {self.user or self.team}"


class Rule(Row):
    """Records that meet a filter are open to a role, a team or everybody."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    record_type = models.CharField(max_length=40)
    filter = models.JSONField(default=dict)
    role = models.ForeignKey("identity.Role", models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    team = models.ForeignKey("identity.Team", models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    may_edit = models.BooleanField(_("may edit"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
