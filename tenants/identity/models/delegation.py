"""Who stands in for whom."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.identity.models.people import User
from tenants.kernel.models import Row


class Delegation(Row):
    """One person lends another what they may see and do with records, until a moment."""

    lender = models.ForeignKey(User, models.CASCADE, related_name="lent", verbose_name=_("whose access"))
    borrower = models.ForeignKey(User, models.CASCADE, related_name="borrowed", verbose_name=_("who gets it"))
    until = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(condition=~models.Q(lender=models.F("borrower")), name="delegation_to_another")
        ]

    def __str__(self) -> str:
        return f"{self.lender} to {self.borrower}"
