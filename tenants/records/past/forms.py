"""Forms of the time machine: they carry and show; the actions decide."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.kernel.actors import Actor
from tenants.records.jobs.queries import jobs_for
from tenants.records.locale import moment
from tenants.records.past.rewinding import Wish, types_of

MOST_JOBS = 50
LOCAL = "%Y-%m-%dT%H:%M"


class MomentForm(forms.Form):
    as_of = forms.DateTimeField(
        label=_("Moment"), widget=forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL),
        input_formats=[LOCAL, "%Y-%m-%dT%H:%M:%S"],
    )  # fmt: skip


class RewindForm(forms.Form):
    """Which moment, and what of all that has happened since."""

    at = forms.DateTimeField(
        label=_("Back to"), widget=forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL),
        input_formats=[LOCAL, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f"],
    )  # fmt: skip
    user = forms.ChoiceField(label=_("Only what was done by"), required=False)
    job = forms.ChoiceField(label=_("Only what was done in"), required=False)
    types = forms.MultipleChoiceField(label=_("Only these"), required=False)

    def __init__(self, data: Any, *, by: Actor) -> None:
        super().__init__(data)
        every = types_of(Wish(at=timezone.now()), by)
        people = get_user_model().objects.order_by("name").values_list("pk", "name")
        jobs = jobs_for(by).exclude(kind__in=("export", "duplicates"))[:MOST_JOBS]
        self._offer("user", [("", _("Anybody")), *((str(pk), name) for pk, name in people)])
        self._offer("job", [("", _("Anything")), *((str(one.pk), _job_words(one)) for one in jobs)])
        self._offer("types", [(one.name, one.label) for one in every])

    def _offer(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        if at > timezone.now():
            raise forms.ValidationError(_("This moment has not come yet. Choose one that has passed."))
        return at

    @property
    def wish(self) -> Wish:
        found = self.cleaned_data
        return Wish(
            at=found["at"], types=tuple(found["types"]),
            user_id=UUID(found["user"]) if found["user"] else None, job_id=UUID(found["job"]) if found["job"] else None,
        )  # fmt: skip


def _job_words(job: Any) -> str:
    return f"{job.label} · {moment(job.created_at)}"


def quick_moments() -> list[tuple[Any, datetime]]:
    """Moments that people ask for, each with its words."""
    now = timezone.localtime()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        (_("An hour ago"), now - timedelta(hours=1)),
        (_("This morning"), midnight),
        (_("Yesterday morning"), midnight - timedelta(days=1)),
        (_("A week ago"), now - timedelta(days=7)),
        (_("A month ago"), now - timedelta(days=30)),
    ]
