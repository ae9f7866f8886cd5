"""Records that may be one: pairs to look at, and merges that were made."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenants.kernel.models import Row
from tenants.records.enums import PairState


class Pair(Row):
    """Two records of a type that look like one. `left_id` < `right_id`; `reasons` say why."""

    record_type = models.CharField(max_length=40)
    left_id = models.UUIDField()
    right_id = models.UUIDField()
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=PairState, default=PairState.OPEN)
    decided_by = models.ForeignKey("identity.User", models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ("-score", "id")
        constraints = [models.UniqueConstraint(fields=("left_id", "right_id"), name="pair_once")]
        indexes = [models.Index("record_type", "state", "score", "id", name="pair_to_review")]

    def __str__(self) -> str:
        return f"{self.record_type} {self.score}%"


class Merge(Row):
    """Several records made one, with all that is needed to part them again."""

    record_type = models.CharField(max_length=40)
    kept_id = models.UUIDField()
    merged_ids = ArrayField(models.UUIDField())
    before = models.JSONField(default=dict)
    moved = models.JSONField(default=list)
    user = models.ForeignKey("identity.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    actor_name = models.CharField(max_length=120)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)
        indexes = [models.Index("record_type", "kept_id", name="merge_of_record")]

    def __str__(self) -> str:
        return f"{self.record_type}: {len(self.merged_ids)} into one"
