"""The ledger of schemas: which exist, what has been applied to each, who has it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.kernel.models import Row
from tenants.kernel.secret_fields import SecretField


class SchemaState(models.TextChoices):
    BUILDING = "building"
    READY = "ready"
    CLAIMED = "claimed"
    BESIDE = "beside"
    """Being filled by an operation, or kept beside a company's: nobody works in it."""
    DROPPING = "dropping"
    """Nobody can have it any more; whoever finds it takes it away."""


class Schema(Row):
    """One PostgreSQL schema made by us: the template, a ready one, or a company's."""

    name = models.CharField(max_length=22, unique=True)
    state = models.CharField(max_length=10, choices=SchemaState, default=SchemaState.BUILDING)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="Of the migrations applied")
    applied = models.JSONField(default=list, help_text="[app, migration] pairs, in order")
    migrated_at = models.DateTimeField(null=True, blank=True)
    took_ms = models.FloatField(default=0, db_default=0)
    """What the last migration of it took."""
    error = models.TextField(blank=True, default="", db_default="")
    """Why the last migration of it failed; empty once one succeeds."""
    failed_at = models.DateTimeField(null=True, blank=True)
    drift = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    """In what its catalogue differs from the template's: [kind, name, what, wanted, found]."""
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=("fingerprint", "created_at"), condition=models.Q(state="ready"), name="schema_ready")
        ]

    def __str__(self) -> str:
        return self.name


class Template(Row):
    """The statements that make a company schema, read off a migrated one."""

    fingerprint = models.CharField(max_length=64, unique=True)
    statements = models.JSONField()
    tables = models.JSONField()
    applied = models.JSONField()
    catalogue = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    """What the server knows of a schema made from it: see `upgrading.catalogue`."""

    def __str__(self) -> str:
        return self.fingerprint[:12]


class OperationState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped")


OPEN_STATES = (OperationState.WAITING, OperationState.RUNNING)


class Operation(Row):
    """Long work on one company or on the fleet, step by step: what a killed process leaves is gone on with.

    A company has one at a time. No foreign keys: the row outlives what it was about.
    """

    kind = models.CharField(max_length=40)
    company_id = models.UUIDField(null=True, blank=True)
    agency_id = models.UUIDField(null=True, blank=True)
    subject = models.CharField(max_length=120, blank=True)
    """The company's name, kept for when it is gone."""
    state = models.CharField(max_length=10, choices=OperationState, default=OperationState.WAITING)
    arguments = models.JSONField(default=dict)
    kept = models.JSONField(default=dict)
    """What finished steps leave for later ones."""
    step = models.PositiveSmallIntegerField(default=0)
    """How many steps are finished."""
    starts = models.PositiveSmallIntegerField(default=0)
    """How often the step under way was begun."""
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    """How much of the step under way is done, of how much; 0: not known."""
    log = models.JSONField(default=list)
    """[moment, text] pairs."""
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    actor_id = models.UUIDField(null=True, blank=True)
    actor_name = models.CharField(max_length=120)
    stop_asked_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=("company_id",), condition=models.Q(state__in=OPEN_STATES), name="operation_one_of_a_company"
            )
        ]
        indexes = [models.Index(fields=("agency_id", "id"), name="operation_of_agency")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()

    @property
    def is_over(self) -> bool:
        return self.state not in OPEN_STATES


class LineState(models.TextChoices):
    WOULD = "would", _("Would change")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Nothing to do")
    FAILED = "failed", _("Failed")
    REVERTED = "reverted", _("Taken back")


class CommandLine(Row):
    """What a fleet command did to one company. Written with the change, so that it is there if that is."""

    operation_id = models.UUIDField()
    company_id = models.UUIDField()
    subject = models.CharField(max_length=120)
    """The company's name, kept for when it is gone."""
    state = models.CharField(max_length=10, choices=LineState)
    told = models.TextField(blank=True)
    what = models.JSONField(default=dict)
    """What taking it back needs."""
    took_ms = models.FloatField(default=0)

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=("operation_id", "company_id"), name="command_once_a_company")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.state}"


class Certificate(Row):
    """What was erased of a company, and what stays until when: signed, kept for the agency and the platform."""

    company_id = models.UUIDField(unique=True)
    company_name = models.CharField(max_length=120)
    agency_id = models.UUIDField()
    document = models.JSONField()
    """What was signed, as it was signed (`lifecycle.certificates`)."""
    signature = models.CharField(max_length=200)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=("agency_id", "id"), name="certificate_of_agency")]

    def __str__(self) -> str:
        return self.company_name


class TransferState(models.TextChoices):
    ASKED = "asked", _("Waiting for answers")
    MOVING = "moving", _("Being moved")
    DONE = "done", _("Moved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Not answered in time")
    FAILED = "failed", _("Failed")


OPEN_TRANSFERS = (TransferState.ASKED, TransferState.MOVING)


class Transfer(Row):
    """A company on its way from one agency to another: asked by the one, approved by the other."""

    company = models.ForeignKey("directory.Company", models.CASCADE, related_name="transfers")
    from_agency = models.ForeignKey("directory.Agency", models.CASCADE, related_name="+")
    to_agency = models.ForeignKey("directory.Agency", models.CASCADE, related_name="+")
    slug = models.CharField(max_length=40)
    """Its address at the receiving agency."""
    reason = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=TransferState, default=TransferState.ASKED)
    asked_by = models.CharField(max_length=120)
    answered_by = models.CharField(max_length=120, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    needs_consent = models.BooleanField(default=False)
    """Whether the company's owner has to agree too."""
    consented_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    operation_id = models.UUIDField(null=True, blank=True)
    renew = models.JSONField(default=list)
    """What people of the company have to renew, in words."""

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=("company",), condition=models.Q(state__in=OPEN_TRANSFERS), name="transfer_one_of_a_company"
            )
        ]

    def __str__(self) -> str:
        return f"{self.company} to {self.to_agency}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_TRANSFERS


class Verdict(models.TextChoices):
    """What came of attacking a company, or of a whole night."""

    GREEN = "green", _("Nothing got through")
    RED = "red", _("Something got through")
    UNCLEAR = "unclear", _("Not proven")


class IsolationAttack(Row):
    """One company attacked from another in one night; waiting until it has a verdict.

    No foreign keys: reports speak of companies that are gone by now.
    """

    operation_id = models.UUIDField()
    agency_id = models.UUIDField()
    """Of the company that is attacked."""
    company_id = models.UUIDField()
    company_name = models.CharField(max_length=120)
    attacker_id = models.UUIDField()
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    doors = models.JSONField(default=list)
    """What was tried at each door, in words of `isolation.documents`."""
    seconds = models.FloatField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("operation_id", "company_id"), name="isolation_attack_once")]
        indexes = [
            models.Index(fields=("company_id", "ended_at"), name="isolation_attack_of"),
            models.Index(fields=("ended_at",), condition=models.Q(verdict="red"), name="isolation_attack_red"),
        ]

    def __str__(self) -> str:
        return f"{self.company_name}: {self.verdict or 'waiting'}"


class IsolationReport(Row):
    """What an agency is told of a night, signed. The document is what was signed; nothing in it changes."""

    operation_id = models.UUIDField()
    agency_id = models.UUIDField()
    verdict = models.CharField(max_length=8, choices=Verdict)
    companies = models.PositiveIntegerField()
    attacks = models.PositiveIntegerField()
    findings = models.PositiveIntegerField()
    document = models.JSONField()
    key_id = models.UUIDField()
    signature = models.CharField(max_length=120)

    class Meta:
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=("operation_id", "agency_id"), name="isolation_report_once")]
        indexes = [models.Index(fields=("agency_id", "id"), name="isolation_report_of_agency")]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}: {self.verdict}"


class SigningKey(Row):
    """An Ed25519 key of this installation. The newest signs; the public halves of all of them are published."""

    public = models.CharField(max_length=64, unique=True)
    """32 bytes in base64."""
    private = SecretField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.public


from tenants.fleet.backups.models import Backup, BackupRule, BackupTurn  # noqa: E402, F401 - Django looks for models here
from tenants.fleet.restoring.models import Restore  # noqa: E402, F401
