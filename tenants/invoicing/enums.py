from django.db import models
from django.utils.translation import gettext_lazy as _


class InvoiceStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Issued")
    PAID = "paid", _("Paid")
    VOID = "void", _("Void")


class RoundingRule(models.TextChoices):
    """What happens to the document's total once every line is rounded to the currency's smallest unit."""

    EXACT = "exact", _("To the smallest unit")
    WHOLE = "whole", _("To the whole unit, with a rounding line")


class PaymentMethod(models.TextChoices):
    BANK = "bank", _("Bank transfer")
    UPI = "upi", _("UPI")
    CARD = "card", _("Card")
    CASH = "cash", _("Cash")
    CHEQUE = "cheque", _("Cheque")
    OTHER = "other", _("Other")


# Of these a deal has at most one.
STANDING = (InvoiceStatus.DRAFT, InvoiceStatus.ISSUED, InvoiceStatus.PAID)
