"""A company with two people, tags and a few deals; its owner signed in."""

from tenants.automation import actions
from tenants.automation.enrolling import enrol
from tenants.identity.actions import add_user
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.tagging.actions import create_tag
from tests.e2e.gardener import Planted
from tests.e2e.planting import cookie_of, told
from tests.factories import make, make_twin

BREAKS = {
    "trigger": {"kind": "manual", "params": {"record_type": "deals"}}, "settings": {},
    "steps": [{"id": "set", "kind": "action", "action": "update_record",
               "params": {"values": {"amount": "{{record.name}}"}}}],
}  # fmt: skip
"""A name that is no number is no amount."""
LONG = {
    "trigger": {"kind": "manual", "params": {"record_type": "deals"}}, "settings": {},
    "steps": [{"id": "pause", "kind": "delay", "for": {"days": 2}}],
}  # fmt: skip


def main() -> Planted:
    with context.public():
        twin = make_twin("flow", "Priya")
    with context.inside(twin.place, actor=robot()):
        owner = twin.owner()
        owner.name = "Asha Rao"
        owner.save()
        add_user(email="kabir@flow.example", name="Kabir Mehta", role="manager")
        with context.acting(owner.actor):
            for name in ("hot", "vip"):
                create_tag(name=name, by=owner.actor)
            deals = [make("deals", name=f"Rooftop {n}", amount=str(n * 90_000)) for n in range(1, 4)]
            waiting = actions.create_workflow(name="Two days", definition=LONG, by=owner.actor)
            slow = actions.publish(workflow=waiting, by=owner.actor).workflow
            breaks = actions.create_workflow(name="Breaks", definition=BREAKS, by=owner.actor)
            broken = actions.publish(workflow=breaks, by=owner.actor).workflow
            runs = [
                enrol(workflow=one, record=record, by=owner.actor)
                for one, record in ((slow, deals[0]), (broken, deals[2]))
            ]
        return told(
            twin, owner=cookie_of(owner, twin.host), deal=str(deals[1].pk), small=str(deals[0].pk),
            waiting=str(waiting.pk), breaks=str(breaks.pk), broken=str(deals[2].pk), run=str(runs[1].pk),
        )  # fmt: skip
