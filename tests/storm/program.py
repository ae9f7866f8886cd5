"""`python -m tests.storm.program <events> [program]`: changes of records, while everything is killed twice.

Of each change a workflow writes a note and asks a receiver, and an ordered webhook tells it. A JSON line says what
came of it. It is a program of its own: its database is not the one of the tests.
"""

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tests.storm.house import House, prepared_house
from tests.webhooks.receiver import Receiver, Told, receiving

RECORDS = 50
PIECE = 25
KILLS = ("worker", "redis", "postgres", "redis", "postgres", "worker")
LIMIT_SECONDS = 2_400


def main(count: int, program: str) -> dict[str, Any]:
    started = time.monotonic()
    with receiving() as receiver, prepared_house(program, receiver.url) as house:
        place, ids = _company(receiver.url)
        house.start("worker")
        house.start("beat")
        writer = threading.Thread(target=_write, args=(place, ids, count), daemon=True)
        writer.start()
        _kill_along(house, receiver, count)
        writer.join(LIMIT_SECONDS)
        _rest(house, place)
        return _found(place, receiver) | {
            "kills": house.kills,
            "ended": house.ended,
            "seconds": round(time.monotonic() - started),
        }


# The company


def _company(url: str) -> tuple[Any, Sequence[UUID]]:
    from infra.benches.people import people_after
    from tenants.automation.actions import create_workflow, publish
    from tenants.identity.models import User
    from tenants.kernel import context
    from tenants.kernel.actors import robot
    from tenants.records.many import create_records
    from tenants.records.registry import type_named
    from tenants.webhooks.actions import Terms, create_endpoint

    place = people_after(lambda: None).place
    with context.inside(place, actor=robot("Storm")):
        owner = User.objects.get(role__slug="owner").actor
        rows = [{"first_name": "Asha", "last_name": f"Rao {n}"} for n in range(RECORDS)]
        made = create_records(record_type=type_named("contacts"), rows=rows, by=context.actor())
        terms = Terms(name="Storm", url=url, events=["contact.updated"], is_ordered=True)
        create_endpoint(terms=terms, by=owner)
        publish(workflow=create_workflow(name="Storm", definition=_definition(url), by=owner), by=owner)
        return place, [one.record.pk for one in made]  # type: ignore[union-attr]  # all were taken


def _definition(url: str) -> dict[str, Any]:
    which = "{{trigger.changes.city.1}}"
    return {
        "format": 1,
        "trigger": {"kind": "field_changed", "params": {"record_type": "contacts", "field": "city"}},
        "settings": {"reentry": "always", "most_per_minute": 1_000_000},
        "steps": [
            {"id": "note", "kind": "action", "action": "add_note", "params": {"text": which}},
            {"id": "call", "kind": "action", "action": "webhook", "params": {"url": url, "body": {"id": which}}},
        ],
    }


# The storm


def _write(place: Any, ids: Sequence[UUID], count: int) -> None:
    """Each change once: a piece whose commit was not answered is written again, and changes nothing if it was."""
    for start in range(0, count, PIECE):
        rows = [(ids[n % len(ids)], {"city": f"C{n}"}) for n in range(start, min(start + PIECE, count))]
        while not _is_written(place, rows):
            time.sleep(0.2)


def _is_written(place: Any, rows: Any) -> bool:
    from django.db import DatabaseError, connection

    from tenants.kernel import context
    from tenants.kernel.actors import robot
    from tenants.records.many import update_records
    from tenants.records.registry import type_named

    try:
        with context.inside(place, actor=robot("Storm")):
            update_records(record_type=type_named("contacts"), rows=rows, by=context.actor())
            return True
    except DatabaseError:
        connection.close()
        return False


def _kill_along(house: House, receiver: Receiver, count: int) -> None:
    """Each of the kills at its share of the work, by what the receiver has got."""
    step = count // (len(KILLS) + 1)
    for number, name in enumerate(KILLS, start=1):
        _until(lambda share=step * number: _got(receiver) >= share, house)
        house.kill(name)
        sys.stderr.write(f"{name} killed with {_got(receiver):,} of {count:,} through\n")


def _got(receiver: Receiver) -> int:
    return len(receiver.seen) // 2


def _until(is_so: Any, house: House) -> None:
    ends_at = time.monotonic() + LIMIT_SECONDS
    while not is_so():
        house.look_after()
        if time.monotonic() > ends_at:
            sys.exit("It did not come to its end in time.")
        time.sleep(0.05)


def _rest(house: House, place: Any) -> None:
    """Until nothing waits any more: no event, no run, no webhook."""
    from django.db import connection

    from infra.benches.events import is_quiet
    from tenants.kernel import context

    connection.close()  # its server was killed
    with context.inside(place):
        _until(is_quiet, house)


# What came of it


def _found(place: Any, receiver: Receiver) -> dict[str, Any]:
    from tenants.automation.models import Enrolment, StepRun
    from tenants.kernel import context
    from tenants.records.models import Event, Note

    told = [one for one in receiver.taken if "webhook-id" in one.headers]
    asked = [one for one in receiver.taken if "webhook-id" not in one.headers]
    with context.inside(place):
        notes = Counter(Note.objects.values_list("text", flat=True))
        return {
            "events": Event.objects.filter(name="contact.updated").count(),
            "runs": dict(Counter(Enrolment.objects.values_list("state", flat=True))),
            "steps": dict(Counter(StepRun.objects.values_list("state", flat=True))),
            "notes": len(notes), "notes_twice": sum(notes.values()) - len(notes),
            "asked": len({one.json["id"] for one in asked}), "asked_again": len(asked) - len({one.id for one in asked}),
            "keys": len({one.id for one in asked}),
            "told": len({one.id for one in told}), "told_again": len(told) - len({one.id for one in told}),
            "effects_twice": sum(receiver.effects.values()) - len(receiver.effects),
            "out_of_order": _out_of_order(told),
        }  # fmt: skip


def _out_of_order(told: Sequence[Told]) -> int:
    """How often a record's change came to the receiver, for the first time, before an earlier one."""
    newest: dict[str, int] = {}
    seen: set[str] = set()
    wrong = 0
    for one in told:
        if one.id not in seen:
            seen.add(one.id)
            number = int(one.json["changes"]["city"][1][1:])
            wrong += number < newest.get(one.json["record_id"], -1)
            newest[one.json["record_id"]] = number
    return wrong


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), (sys.argv[2:] or ["saas.celery"])[0])))
