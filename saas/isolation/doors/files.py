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

HAZARD = "T21"
REFUSALS = (SuspiciousFileOperation, OSError, ValueError)


def attack(scene: Scene, tally: Tally) -> None:
    names = list(_names(scene))
    for name, way in names:
        tally.tried(HAZARD)
        if (found := _opened(scene, name)) is not None:
            what = SHOWN if scene.canary.words.encode() in found else LET_IN
            tally.found("opening a file of theirs", HAZARD, what, way, found)
    _write(scene, tally)
    for name, way in names:
        for path in (f"/files/{name}", f"/media/{name}", f"/static/{name}", f"/brand/{name}"):
            got = scene.ask(scene.attacker.browser, "GET", path)
            place = f"GET /{path.split('/')[1]}/ {way}"
            scene.judge(tally, got, attack="an address of a file", hazard=HAZARD, place=place, asked=path)
    with context.inside(scene.victim.place), default_storage.open(scene.canary.file_key) as file:
        if scene.canary.words.encode() in file.read():
            tally.proved()


def _names(scene: Scene) -> Iterator[tuple[str, str]]:
    """How somebody may spell a file of another company, and what that way is called."""
    theirs, key = scene.victim.place.schema, scene.canary.file_key
    with context.inside(scene.victim.place):
        whole = default_storage.path(key) if hasattr(default_storage, "path") else f"/{theirs}/{key}"
    yield key, "by its name"
    yield f"{theirs}/{key}", "with their folder"
    yield f"../{theirs}/{key}", "one up"
    yield f"{FOLDER}/../../{theirs}/{key}", "up from a folder"
    yield f"..\\{theirs}\\{key}", "with back slashes"
    yield f"%2e%2e/{theirs}/{key}", "encoded"
    yield f"..%2f{theirs}%2f{key}", "encoded slashes"
    yield whole, "by its whole path"


def _opened(scene: Scene, name: str) -> bytes | None:
    """What the attacker's company finds under a name."""
    with context.inside(scene.attacker.place):
        try:
            with default_storage.open(name) as file:
                return bytes(file.read())
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
