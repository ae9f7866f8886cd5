"""Phone accounts, calls, and the webhooks that tell of them."""

from datetime import time

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.kernel.models import Row
from tenants.kernel.secret_fields import SecretField
from tenants.records.model_fields import PhoneField
from tenants.records.models import Record
from tenants.voice.enums import OPEN, CallStatus, Direction, Disposition, Outcome, rank
from tenants.voice.fields import SecondsField


class TelephonyAccount(Row):
    """A company's account at a provider, with its calling hours as data."""

    provider = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    is_default = models.BooleanField(default=False)
    credentials = SecretField()
    """JSON of what the provider's form asks for."""
    caller_id = PhoneField(blank=True)
    hook_token = models.CharField(max_length=64, unique=True)
    enforce_hours = models.BooleanField(default=True)
    opens_at = models.TimeField(default=time(9))
    closes_at = models.TimeField(default=time(21))
    is_recorded = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("is_default", condition=Q(is_default=True), name="telephony_one_default"),
        )

    def __str__(self) -> str:
        return self.name


class AgentPhone(Row):
    """Where a user's calls ring first."""

    user = models.OneToOneField("identity.User", models.CASCADE, related_name="+")
    number = PhoneField()

    def __str__(self) -> str:
        return str(self.number)


class Call(Record):
    """One call. The row is there before anything is dialled, and its status never goes back."""

    name = models.CharField(_("with"), max_length=160)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction, editable=False)
    status = models.CharField(_("status"), max_length=12, choices=CallStatus, default=CallStatus.QUEUED, editable=False)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True, editable=False)
    disposition = models.CharField(_("result"), max_length=16, choices=Disposition, blank=True)
    notes = models.TextField(_("notes"), blank=True, max_length=20_000)

    contact = models.ForeignKey(
        "crm.Contact", models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("contact"), db_index=False,
    )  # fmt: skip
    about_type = models.CharField(max_length=40, blank=True, editable=False)
    about_id = models.UUIDField(null=True, blank=True, editable=False)
    from_number = PhoneField(_("from"), blank=True, editable=False)
    to_number = PhoneField(_("number"), blank=True, editable=False)

    account = models.ForeignKey(
        TelephonyAccount, models.SET_NULL, null=True, related_name="+", editable=False, db_index=False
    )
    provider = models.CharField(max_length=20, blank=True, editable=False)
    provider_id = models.CharField(max_length=80, blank=True, editable=False)
    request_key = models.CharField(max_length=80, blank=True, editable=False)
    """From the page or program that asked: a second ask with it is the same call."""
    failure = models.CharField(_("reason"), max_length=200, blank=True, editable=False)

    dialled_at = models.DateTimeField(null=True, editable=False)
    """When the provider was first asked; the answer may have been lost since."""
    checked_at = models.DateTimeField(null=True, editable=False)
    started_at = models.DateTimeField(_("started"), default=timezone.now, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    talk_seconds = SecondsField(_("talk time"), null=True, blank=True, editable=False)

    recording_url = models.TextField(blank=True, editable=False)
    recording = models.CharField(max_length=120, blank=True, editable=False)
    """Name in storage, once it is ours."""
    recording_seconds = models.PositiveIntegerField(null=True, editable=False)
    recording_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    peaks = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = (
            models.UniqueConstraint(
                fields=("provider", "provider_id"), condition=~Q(provider_id=""), name="call_provider_id_once"
            ),
            models.UniqueConstraint("request_key", condition=~Q(request_key=""), name="call_request_once"),
        )
        indexes = (
            models.Index("started_at", "id", name="call_by_start"),
            models.Index("about_id", "started_at", name="call_about"),
            models.Index("contact", "started_at", name="call_of_contact"),
            models.Index("id", condition=Q(status__in=OPEN), name="call_open"),
        )

    @property
    def rank(self) -> int:
        return rank(self.status)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


class InboundHook(Row):
    """A webhook as it came: verified, kept, answered; what it says is taken in by a task."""

    account = models.ForeignKey(TelephonyAccount, models.CASCADE, related_name="+", db_index=False)
    dedupe_key = models.CharField(max_length=64, unique=True)
    content_type = models.CharField(max_length=200, blank=True)
    body = models.BinaryField()
    processed_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("id",), condition=Q(processed_at=None), name="hook_waiting"),)

    def __str__(self) -> str:
        return self.dedupe_key
