"""Recordings: fetched from the provider, kept by us, drawn as a wave, served in ranges."""

import wave
from array import array
from io import BytesIO
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tenants.kernel.errors import ProviderFailed
from tenants.kernel.logs import logger
from tenants.records.events import emit
from tenants.voice.dialling import provider_of
from tenants.voice.models import Call
from tenants.voice.providers.base import Recording

KINDS = {"audio/wav": "wav", "audio/x-wav": "wav", "audio/wave": "wav", "audio/mpeg": "mp3", "audio/mp3": "mp3"}
CONTENT_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg"}
PEAKS = 120
MOST_SAMPLES = 240_000
log = logger(__name__)


def fetch(call_id: UUID) -> int:
    """Bring a call's recording home, unless it is here.

    0 when there is nothing more to do, else how often it was tried: a recording is
    ready some time after the call, and the reconciler comes back for late ones.
    """
    call = Call.objects.select_related("account").filter(pk=call_id).first()
    if not call or call.recording or not call.recording_url:
        return 0
    Call.objects.filter(pk=call_id).update(recording_tries=F("recording_tries") + 1, checked_at=timezone.now())
    try:
        found = provider_of(call).fetch_recording(call.recording_url)
    except ProviderFailed as error:
        log.warning("recording not fetched", call=str(call_id), reason=error.detail)
        found = None
    if found:
        store(call_id, found)
    return 0 if found else call.recording_tries + 1


@transaction.atomic
def store(call_id: UUID, found: Recording) -> None:
    """Keep a recording, once. The file's name follows from the call, so a repeat leaves no second file."""
    call = Call.objects.select_for_update().get(pk=call_id)
    if call.recording:
        return
    kind = KINDS.get(found.content_type.partition(";")[0].strip().lower())
    if not kind:
        log.warning("recording is of no kind we play", call=str(call_id), content_type=found.content_type)
        return
    name = f"calls/{call_id}.{kind}"
    default_storage.delete(name)
    call.recording = default_storage.save(name, ContentFile(found.data))
    call.peaks, length = drawn(found.data) if kind == "wav" else ([], None)
    call.recording_seconds = length if length is not None else call.talk_seconds
    call.version += 1
    call.save(update_fields=["recording", "peaks", "recording_seconds", "version", "updated_at"])
    emit("call.recorded", call, seconds=call.recording_seconds or 0)


def drawn(data: bytes) -> tuple[list[float], int | None]:
    """The loudest of each of 120 stretches, 0 to 1, and the length in seconds, of a WAV file."""
    try:
        with wave.open(BytesIO(data)) as sound:
            seconds = round(sound.getnframes() / sound.getframerate())
            if sound.getsampwidth() != 2:
                return [], seconds
            samples = array("h", sound.readframes(sound.getnframes()))
    except (wave.Error, EOFError, ZeroDivisionError, ValueError):
        return [], None
    return _peaks(samples), seconds


def _peaks(samples: "array[int]") -> list[float]:
    """Of a long recording only every n-th sample is looked at."""
    if not samples:
        return []
    thinned = samples[:: max(1, len(samples) // MOST_SAMPLES)]
    step = max(1, len(thinned) // PEAKS)
    stretches = (thinned[at : at + step] for at in range(0, len(thinned), step))
    loudest = [max(max(stretch), -min(stretch)) for stretch in stretches][:PEAKS]
    top = max(loudest) or 1
    return [round(one / top, 3) for one in loudest]
