"""Exports: a stranger takes everything there is out of the own company, and the canary must not be in it (T24)."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from django.core.files.storage import default_storage

from saas.isolation.people import Person
from saas.isolation.scene import Scene
from saas.isolation.tally import READ, SHOWN, WRITTEN, Tally
from saas.isolation.undone import undone
from tenants.kernel import context
from tenants.kernel.errors import DomainError
from tenants.records.exporting.actions import SMALL_ROWS, export_list, export_whole
from tenants.records.jobs.actions import run_now
from tenants.records.models import File, Job
from tenants.records.order import all_in_order
from tenants.records.registry import RecordType
from tenants.records.whole.writing import count_of

HAZARD = "T24"
FORMATS = ("csv", "json")
MOST_BYTES = 64 * 1024 * 1024


def attack(scene: Scene, tally: Tally) -> None:
    for record_type in all_in_order():
        for file_format in FORMATS:
            _judge(
                scene, tally, f"{record_type.name} as {file_format}", partial(_list, scene, record_type, file_format)
            )
    _judge(scene, tally, "everything", _whole)


def _judge(scene: Scene, tally: Tally, place: str, take: Callable[[Person], str]) -> None:
    tally.tried(HAZARD)
    before = scene.meter.count()
    taken = take(scene.attacker)
    done = scene.meter.count() - before
    if word := scene.leaked(taken, asked=scene.canary.bait):
        tally.found("taking everything out", HAZARD, SHOWN, place, word)
    if done.reads or done.writes:
        tally.found("taking everything out", HAZARD, WRITTEN if done.writes else READ, place)
    if scene.canary.tail in take(scene.victim):
        tally.proved()


def _list(scene: Scene, record_type: RecordType, file_format: str, who: Person) -> str:
    """Of a large company only what fits the canary: its own rows are many and say nothing."""
    with undone(), context.inside(who.place, actor=who.actor):
        is_small = count_of([record_type], who.actor) <= SMALL_ROWS
        asked = {} if is_small else {"q": scene.canary.bait}
        return _text(partial(export_list, record_type=record_type, file_format=file_format, asked=asked, by=who.actor))


def _whole(who: Person) -> str:
    """A company's one file of everything, where it is small enough to be written in passing."""
    types = all_in_order()
    with undone(), context.inside(who.place, actor=who.actor):
        if count_of(types, who.actor) > SMALL_ROWS or File.objects.filter(deleted_at=None)[SMALL_ROWS:].exists():
            return ""
        return _text(partial(export_whole, types=types, file_format="json", by=who.actor))


def _text(begin: Callable[[], Job]) -> str:
    """The exported file as text."""
    try:
        job = begin()
    except DomainError:
        return ""
    if not job.is_over:
        job = run_now(job)
    key = job.result.get("file")
    if not key:
        return ""
    with default_storage.open(key) as file:
        return "\n".join(_parts(file.read(MOST_BYTES)))


def _parts(raw: bytes) -> Iterator[str]:
    if not raw.startswith(b"PK"):
        yield raw.decode(errors="replace")
        return
    with suppress(BadZipFile), ZipFile(BytesIO(raw)) as archive:
        for name in archive.namelist():
            yield f"{name}\n{archive.read(name).decode(errors='replace')}"
