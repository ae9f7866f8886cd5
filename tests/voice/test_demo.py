"""The demo's calls: enough of them, believable, some to listen to."""

from django.core.files.storage import default_storage
from django.utils import timezone

from tenants.voice import demo
from tenants.voice.models import Call
from tests.factories import Twin

FACTS = {"slug": "works", "country": "IN", "language": "en"}


def test_demo_logs_calls_of_the_past_with_a_few_recordings(company: Twin) -> None:
    demo.load(FACTS)

    calls = list(Call.objects.all())
    assert len(calls) == demo.CALLS
    assert all(call.outcome and not call.is_open and call.started_at < timezone.now() for call in calls)
    recorded = [call for call in calls if call.recording]
    assert len(recorded) == demo.RECORDED
    assert all(default_storage.exists(call.recording) and len(call.peaks) == 120 for call in recorded)
