"""Signed and encrypted values: what one company signed or locked means nothing in another, nor for another
purpose, nor in public (T12, T22)."""

from django.core.signing import BadSignature

from saas.isolation.scene import Scene
from saas.isolation.tally import LET_IN, Tally
from tenants.identity.keys import digest_of
from tenants.kernel import context, signing
from tenants.kernel.context import Place
from tenants.kernel.secrets import Unreadable, decrypt, encrypt

PURPOSES = ("isolation", "handover", "file")
SECONDS = 600


def attack(scene: Scene, tally: Tally) -> None:
    for purpose in PURPOSES:
        _signatures(scene, tally, purpose)
        _tickets(scene, tally, purpose)
    _locked(scene, tally)
    _digests(scene, tally)


def _signatures(scene: Scene, tally: Tally, purpose: str) -> None:
    with context.inside(scene.victim.place):
        text = signing.sign(scene.canary.tail, purpose=purpose)
        if signing.unsign(text, purpose=purpose) == scene.canary.tail:
            tally.proved()
    _refused(tally, scene.attacker.place, text, purpose, "signature at the other company")
    _refused(tally, context.place(), text, purpose, "signature in public")
    _refused(tally, scene.victim.place, text, f"{purpose}-other", "signature for another purpose")


def _refused(tally: Tally, place: Place, text: str, purpose: str, attack: str) -> None:
    tally.tried("T22")
    with context.inside(place):
        try:
            signing.unsign(text, purpose=purpose)
        except BadSignature:
            return
    tally.found(attack, "T22", LET_IN, purpose.removesuffix("-other"))


def _tickets(scene: Scene, tally: Tally, purpose: str) -> None:
    with context.inside(scene.victim.place):
        text = signing.ticket(scene.canary.tail, purpose=purpose)
    tally.tried("T22")
    with context.inside(scene.attacker.place):
        try:
            signing.used_up(text, purpose=purpose, max_age_seconds=SECONDS)
        except BadSignature:
            return
    tally.found("ticket at the other company", "T22", LET_IN, purpose)


def _locked(scene: Scene, tally: Tally) -> None:
    """A secret of the victim's, in a column of the attacker's."""
    with context.inside(scene.victim.place):
        token = encrypt(scene.canary.tail, purpose="isolation")
        if decrypt(token, purpose="isolation") == scene.canary.tail:
            tally.proved()
    tally.tried("T12")
    with context.inside(scene.attacker.place):
        try:
            decrypt(token, purpose="isolation")
        except Unreadable:
            return
    tally.found("secret in the other company's column", "T12", LET_IN, "encrypted column")


def _digests(scene: Scene, tally: Tally) -> None:
    """The same key text is kept under another hash in each company, so a copied row is no key."""
    found = []
    for place in (scene.victim.place, scene.attacker.place):
        with context.inside(place):
            found.append(digest_of(scene.canary.tail))
    tally.tried("T12")
    if found[0] == found[1]:
        tally.found("the same hash in both companies", "T12", LET_IN, "key")
