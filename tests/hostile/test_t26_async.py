"""T26: contexts under asyncio, in executors and in threads: its own or none, never another's."""

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from tenants.crm.models import Contact
from tenants.kernel import context
from tenants.kernel.errors import NoTenant
from tests.factories import Twin


def places() -> list[context.Place]:
    return [context.Place(schema=f"t_{number}", role=f"t_{number}") for number in range(20)]


async def wander(place: context.Place, dice: random.Random) -> list[str]:
    """Goes through awaits, a nested place and a thread, and says where it found itself."""
    seen = []
    with context.inside(place):
        for _ in range(5):
            await asyncio.sleep(dice.random() / 100)
            seen.append(context.place().schema)
            seen.append(await sync_to_async(lambda: context.place().schema, thread_sensitive=False)())
        with context.public():
            await asyncio.sleep(dice.random() / 100)
        seen.append(context.place().schema)
    return seen


def test_t26_two_hundred_tasks_over_twenty_places_mix_nothing() -> None:
    dice, chosen = random.Random(7), places()

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*(wander(chosen[number % 20], dice) for number in range(200)))

    found = asyncio.run(all_at_once())

    assert found == [[chosen[number % 20].schema] * 11 for number in range(200)]
    assert context.current_or_none() is None


def test_t26_an_executor_has_no_place_and_says_so(twins: tuple[Twin, Twin]) -> None:
    with ThreadPoolExecutor(1) as pool, context.inside(twins[0].place):
        for lost in (context.place, Contact.objects.first):
            with pytest.raises(NoTenant):
                pool.submit(lost).result()


def test_t26_a_worker_thread_keeps_nothing_of_the_task_before(twins: tuple[Twin, Twin]) -> None:
    """One thread, two tasks: the second was told of no place."""

    def enter(place: context.Place) -> str:
        with context.inside(place):
            return context.place().schema

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(enter, twins[0].place).result() == twins[0].place.schema
        with pytest.raises(NoTenant):
            pool.submit(context.place).result()
