"""What telephony offers the house."""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tenants.kernel.modules import Module, NavItem, Step
from tenants.records.outbox.catalogue import EventKind
from tenants.voice.accounts import add_sandbox
from tenants.voice.models import Call
from tenants.voice.timeline import panels, quick_actions, timeline


def seed(facts: Mapping[str, str]) -> None:
    """Where stand-in providers run, a company can call from the first minute."""
    if settings.SANDBOX_URL:
        add_sandbox()


def steps() -> Iterable[Step]:
    yield Step(
        label=_("Make your first call"), text=_("From any contact: the call and its recording land in their story."),
        url="/contacts/", order=40, is_done=Call.objects.exists,
    )  # fmt: skip


OUTCOME = {"outcome": _("How it ended"), "talk_seconds": _("How long was talked")}
EVENTS = (
    EventKind(name="call.started", label=_("Call: started"), record_type="calls", payload={"status": _("Its status")}),
    EventKind(name="call.completed", label=_("Call: completed"), record_type="calls", payload=OUTCOME),
    EventKind(
        name="call.recorded", label=_("Call: recording there"), record_type="calls",
        payload={"seconds": _("How long the recording is")},
    ),
)  # fmt: skip
module = Module(
    name="voice",
    automation="tenants.voice.automation",
    events=EVENTS,
    label=_("Calls"),
    nav=(NavItem(label=_("Calls"), url="/calls/", icon="phone", section=_("Work"), order=50, subject="calls"),),
    settings_nav=(NavItem(label=_("Phone"), url="/settings/voice/", icon="phone", section="", subject="settings"),),
    urls="tenants.voice.urls",
    hook_urls="tenants.voice.hook_urls",
    routers=(("/phone-calls", "tenants.voice.api.router"),),
    seed=seed,
    quick_actions=quick_actions,
    panels=panels,
    timeline=timeline,
    steps=steps,
    demo="tenants.voice.demo.load",
)
