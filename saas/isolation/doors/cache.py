"""Cache: what the company's own people left there is asked for under the same names from the other company (T20).

First in a memory of the attack's own, filled by real pages of both; then in the cache that everybody uses.
"""

from typing import Any

from django.core.cache import DEFAULT_CACHE_ALIAS, cache, caches

from saas.isolation.scene import Scene
from saas.isolation.tally import SHOWN, Tally
from tenants.kernel import context
from tenants.records.registry import record_types

HAZARD = "T20"
SECONDS = 60


def attack(scene: Scene, tally: Tally) -> None:
    _pages(scene, tally)
    _by_name(scene, tally, cache, "the cache of the attack")
    _by_name(scene, tally, _live(), "the cache of the house")


def _pages(scene: Scene, tally: Tally) -> None:
    """A page or answer of the victim's first, then the same of the attacker's."""
    paths = [f"/{one.name}/" for one in record_types()] + ["/"]
    for path in paths:
        if scene.canary.tail in scene.ask(scene.victim.browser, "GET", path).reply.text:
            tally.proved()
        got = scene.ask(scene.attacker.browser, "GET", path)
        scene.judge(tally, got, attack="their page first, then ours", hazard=HAZARD, place=f"GET {path}")
    for one in record_types():
        path = f"/api/v1/{one.name}"
        scene.ask(scene.victim.program, "GET", path)
        got = scene.ask(scene.attacker.program, "GET", path)
        scene.judge(tally, got, attack="their page first, then ours", hazard=HAZARD, place=f"GET {path}")


def _live() -> Any:
    """The backend that everybody uses, beside the one this thread works with."""
    return caches.create_connection(DEFAULT_CACHE_ALIAS)


def _by_name(scene: Scene, tally: Tally, store: Any, place: str) -> None:
    """The same name in both companies: each finds its own, or nothing."""
    name, theirs, ours = f"isolation:{scene.canary.bait}", scene.canary.tail, f"ours-{scene.canary.bait}"
    try:
        with context.inside(scene.victim.place):
            store.set(name, theirs, SECONDS)
        with context.inside(scene.attacker.place):
            tally.tried(HAZARD, 2)
            if store.get(name) is not None:
                tally.found("their name in our company", HAZARD, SHOWN, place, theirs)
            store.set(name, ours, SECONDS)
        with context.inside(scene.victim.place):
            if store.get(name) == theirs:
                tally.proved()
            else:
                tally.found("writing over their name", HAZARD, SHOWN, place, ours)
    finally:
        for one in (scene.victim.place, scene.attacker.place):
            with context.inside(one):
                store.delete(name)
