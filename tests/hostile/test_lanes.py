"""T37: what the lanes of companies do, looked at from outside: no worker takes what is handed out."""

import json
import time

import pytest
import redis

from tenants.directory.models import Company
from tenants.directory.task import send
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.fair import lanes
from tests.factories import Twin
from tests.hostile.queue_app import in_public, nap
from tests.hostile.test_queues import client, naps, two

__all__ = ["client", "two"]


def held(twin: Twin, count: int) -> None:
    naps(twin, count, "held")


def test_a_company_has_no_more_under_way_than_its_plan_allows(two: tuple[Twin, Twin], client: redis.Redis) -> None:
    """No worker: what is handed out stays in the list, so that it can be counted."""
    client.hset("fair:slots", "tests", f"9:{int(time.time() * 1000)}")
    lanes.set_limits({two[0].company.pk: lanes.Limits(at_once=2, a_minute=0)})
    held(two[0], 5)

    assert client.llen("celery\x06\x166") == 2
    assert [(one.company_id, one.waiting) for one in lanes.backlogs()] == [(two[0].company.pk, 3)]


def test_a_company_has_no_more_in_a_minute_than_its_plan_allows(two: tuple[Twin, Twin], client: redis.Redis) -> None:
    client.hset("fair:slots", "tests", f"99:{int(time.time() * 1000)}")
    lanes.set_limits({two[0].company.pk: lanes.Limits(at_once=99, a_minute=12)})
    for _ in range(5):
        held(two[0], 1)
        client.delete("celery\x06\x166")

    assert [one.waiting for one in lanes.backlogs()] == [3], "one of five seconds, and one at the edge of them"


def test_companies_take_turns(two: tuple[Twin, Twin], client: redis.Redis) -> None:
    lanes.set_limits({twin.company.pk: lanes.Limits(at_once=1, a_minute=0) for twin in two})
    held(two[0], 3)
    held(two[1], 3)

    order = []
    for _ in range(6):
        payload = json.loads(client.rpop("celery\x06\x166"))  # type: ignore[arg-type]
        headers = payload["headers"]
        order.append(headers["company"])
        lanes.script()(args=["over", headers["list"], headers["company"], payload["properties"]["delivery_tag"]])
    assert order == [str(twin.company.pk) for _ in range(3) for twin in two]


def test_what_the_platform_sends_goes_straight_to_the_list(two: tuple[Twin, Twin], client: redis.Redis) -> None:
    in_public.delay("x")

    assert (client.llen("celery\x06\x166"), lanes.backlogs()) == (1, [])


def test_what_is_not_due_waits_in_redis(two: tuple[Twin, Twin], client: redis.Redis) -> None:
    with context.inside(two[0].place, actor=robot()):
        send(nap, 0, time.time(), "later", countdown_seconds=3600)
    in_public.apply_async(("later",), countdown=3600)

    assert (client.zcard("fair:later"), client.llen("celery\x06\x166"), lanes.backlogs()) == (2, 0, [])


def test_nothing_waits_for_a_company_that_is_no_more(two: tuple[Twin, Twin], client: redis.Redis) -> None:
    for twin in two:
        held(twin, 3)
        with context.inside(twin.place, actor=robot()):
            send(nap, 0, time.time(), "later", countdown_seconds=3600)
    lanes.forget(two[0].company.pk)

    assert [one.company_id for one in lanes.backlogs()] == [two[1].company.pk]
    assert client.zcard("fair:later") == 1
    assert [key for key in client.keys("fair:*") if str(two[0].company.pk).encode() in key] == []


@pytest.mark.parametrize("header", ["", "x", "*", "a|b", "../celery", "6A1F425A-2899-4BED-8713-2598661FF42E"])
def test_a_header_that_is_no_company_opens_no_lane(two: tuple[Twin, Twin], client: redis.Redis, header: str) -> None:
    in_public.apply_async(("x",), headers={"company": header})

    assert (client.llen("celery\x06\x166"), client.keys("fair:*")) == (1, [])


def test_plans_tell_the_broker_their_limits(two: tuple[Twin, Twin], client: redis.Redis) -> None:
    from billing.plans.tasks import tell_limits

    tell_limits()

    told = client.hgetall("fair:limits")
    with context.public():
        companies = {str(pk).encode() for pk in Company.objects.filter(status="active").values_list("pk", flat=True)}
    assert set(told) == companies
    assert told[str(two[0].company.pk).encode()] == b"2:600"
