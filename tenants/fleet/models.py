"""The ledger of schemas: which exist, what has been applied to each, who has it."""

from django.db import models

from tenants.kernel.models import Row


class SchemaState(models.TextChoices):
    BUILDING = "building"
    READY = "ready"
    CLAIMED = "claimed"


class Schema(Row):
    """One PostgreSQL schema made by us: the template, a ready one, or a company's."""

    name = models.CharField(max_length=22, unique=True)
    state = models.CharField(max_length=10, choices=SchemaState, default=SchemaState.BUILDING)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="Of the migrations applied")
    applied = models.JSONField(default=list, help_text="[app, migration] pairs, in order")

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

    def __str__(self) -> str:
        return self.fingerprint[:12]
