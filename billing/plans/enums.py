"""What a plan can limit, and how the price list says it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Quota(models.TextChoices):
    """Keys of `Plan.quotas`; a month where the name says so."""

    COMPANIES = "companies", _("companies")
    USERS = "users_per_company", _("users in each company")
    CONTACTS = "contacts_per_company", _("contacts in each company")
    CHATS = "chat_conversations_per_month", _("chat conversations a month")
    API_CALLS = "api_calls_per_month", _("API calls a month")
    STORAGE = "storage_gb", _("GB of files")
