"""Files: by the name they have in the company's folder, by every way up and across, and by addresses that a web
server might map onto the disk (T21)."""

from collections.abc import Iterator

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from saas.isolation.planting import FOLDER
from saas.isolation.scene import Scene
from saas.isolation.tally import LET_IN, SHOWN, Tally
from tenants.kernel import context
from tenants.records.models import File

HAZARD = "T21"
ROOTS = ("files", "media", "static", "brand")
SAMPLED = 3
MOST_BYTES = 64 * 1024
REFUSALS = (SuspiciousFileOperation, OSError, ValueError)


def attack(scene: Scene, tally: Tally) -> None:
    with context.inside(scene.attacker.place):
        # A folder of the attacker's own: without one the disk itself would stop whoever goes up from it.
        default_storage.save(f"{FOLDER}/own", ContentFile(b"own"))
    ways = [way for key in (scene.canary.file_key, *_kept(scene)) for way in _ways(scene, key)]
    for name, way in ways:
        tally.tried(HAZARD)
        if (found := _opened(scene, name)) is not None:
            tally.found("opening a file of theirs", HAZARD, SHOWN if _is_canary(scene, found) else LET_IN, way, found)
    _write(scene, tally)
    for name, way in ways:
        _ask(scene, tally, name, way)
    with context.inside(scene.victim.place), default_storage.open(scene.canary.file_key) as file:
        if _is_canary(scene, file.read()):
            tally.proved()


def _is_canary(scene: Scene, found: bytes) -> bool:
    return scene.canary.words.encode() in found


def _kept(scene: Scene) -> list[str]:
    """Some of the files the company really has."""
    with context.inside(scene.victim.place):
        kept = File.objects.exclude(key=scene.canary.file_key).order_by("-pk").values_list("key", flat=True)
        return [key for key in kept[:SAMPLED] if default_storage.exists(key)]


def _ways(scene: Scene, key: str) -> Iterator[tuple[str, str]]:
    """How somebody may spell a file of another company, and what that way is called."""
    theirs = scene.victim.place.schema
    with context.inside(scene.victim.place):
        whole = default_storage.path(key)
    yield key, "by its name"
    yield f"{theirs}/{key}", "with their folder"
    yield f"../{theirs}/{key}", "one up"
    yield f"{FOLDER}/../../{theirs}/{key}", "up from a folder"
    yield f"..\\{theirs}\\{key}", "with back slashes"
    yield f"%2e%2e/{theirs}/{key}", "encoded"
    yield f"..%2f{theirs}%2f{key}", "encoded slashes"
    yield whole, "by its whole path"


def _ask(scene: Scene, tally: Tally, name: str, way: str) -> None:
    """As an address that a server might map onto the disk."""
    for root in ROOTS:
        path, place = f"/{root}/{name}", f"GET /{root}/ {way}"
        got = scene.ask(scene.attacker.browser, "GET", path)
        scene.judge(tally, got, attack="an address of a file", hazard=HAZARD, place=place, asked=path)
        if got.reply.is_let_in:
            tally.found("an address of a file", HAZARD, LET_IN, place, got.reply.body)


def _opened(scene: Scene, name: str) -> bytes | None:
    """What the attacker's company finds under a name."""
    with context.inside(scene.attacker.place):
        try:
            with default_storage.open(name) as file:
                return bytes(file.read(MOST_BYTES))
        except REFUSALS:
            return None


def _write(scene: Scene, tally: Tally) -> None:
    """Leaving something in the other company's folder."""
    name = f"../{scene.victim.place.schema}/{FOLDER}/left-{scene.canary.bait}"
    tally.tried(HAZARD)
    with context.inside(scene.attacker.place):
        try:
            saved = default_storage.save(name, ContentFile(b"isolation"))
        except REFUSALS:
            return
        default_storage.delete(saved)
    tally.found("leaving a file with them", HAZARD, LET_IN, "one up")
