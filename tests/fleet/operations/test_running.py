"""Operations: step after step, one process at a time, gone on with after a death."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tenants.fleet.models import Operation
from tenants.fleet.operations import kinds
from tenants.fleet.operations.actions import ask_to_stop, begin
from tenants.fleet.operations.kinds import Kind, Step
from tenants.fleet.operations.reconciling import left_behind
from tenants.fleet.operations.running import MOST_STARTS, Work, held, run
from tenants.kernel.actors import robot
from tenants.kernel.errors import Conflict, DomainError
from tests.factories import Twin

Heard = list[str]


class Died(BaseException):
    """What a SIGKILL looks like from within: nothing clears up."""


@pytest.fixture
def heard() -> Heard:
    return []


@pytest.fixture
def made(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`made(function, ...)` registers a kind of these steps for one test."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))

    def register(*functions: Any) -> Kind:
        steps = tuple(Step(function.__name__, function) for function in functions)
        return kinds.register(
            Kind(name="rehearsal", label="Rehearsal", steps=steps, undo=lambda work: heard.append("undo"))
        )

    return register


def test_steps_run_in_order_and_hand_on_what_they_keep(public: None, made: Any, heard: Heard) -> None:
    def first(work: Work) -> None:
        work.keep(path="a.tar")
        work.tell(1, 2)

    def second(work: Work) -> None:
        heard.append(work.kept["path"])
        work.give(bytes=7)

    done = run(begin(made(first, second), by=robot()))

    assert (done.state, done.step, done.result, heard) == ("done", 2, {"bytes": 7}, ["a.tar"])
    assert (done.actor_name, done.total) == ("System", 0)


def test_a_death_is_gone_on_with_from_the_step_that_was_under_way(public: None, made: Any, heard: Heard) -> None:
    def first(work: Work) -> None:
        heard.append("first")

    def second(work: Work) -> None:
        heard.append("second")
        if heard.count("second") == 1:
            raise Died

    operation = begin(made(first, second), by=robot())
    with pytest.raises(Died):
        run(operation)

    assert run(operation).state == "done"
    assert heard == ["first", "second", "second"]


def test_a_step_that_dies_every_time_is_given_up_and_cleared_up(public: None, made: Any, heard: Heard) -> None:
    def deadly(work: Work) -> None:
        raise Died

    operation = begin(made(deadly), by=robot())
    for _ in range(MOST_STARTS):
        with pytest.raises(Died):
            run(operation)

    assert run(operation).state == "failed"
    assert (heard, "several times" in operation.error) == (["undo"], True)


@pytest.mark.parametrize(("error", "told"), [(DomainError("No room"), "No room"), (ValueError("x"), "on our side")])
def test_a_fault_is_told_and_cleared_up(public: None, made: Any, heard: Heard, error: Exception, told: str) -> None:
    def faulty(work: Work) -> None:
        raise error

    failed = run(begin(made(faulty), by=robot()))

    assert (failed.state, heard, told in failed.error) == ("failed", ["undo"], True)
    assert failed.ended_at is not None


def test_who_asks_to_stop_is_heard_between_two_pieces(public: None, made: Any, heard: Heard) -> None:
    def long_one(work: Work) -> None:
        ask_to_stop(operation=work.operation, by=robot())
        work.check()
        heard.append("went on")

    assert run(begin(made(long_one), by=robot())).state == "stopped"
    assert heard == ["undo"]


def test_a_company_has_one_at_a_time(twins: tuple[Twin, Twin], public: None, made: Any) -> None:
    kind = made(lambda work: None)
    first = begin(kind, by=robot(), company=twins[0].company)
    begin(kind, by=robot(), company=twins[1].company)
    with pytest.raises(Conflict):
        begin(kind, by=robot(), company=twins[0].company)

    run(first)
    assert begin(kind, by=robot(), company=twins[0].company).pk != first.pk


def test_a_second_process_leaves_it_alone(public: None, made: Any, heard: Heard) -> None:
    operation = begin(made(lambda work: heard.append("ran")), by=robot())
    with held(operation) as is_ours:
        assert is_ours
        assert run(operation).state == "waiting"
    assert heard == []


def test_what_was_quiet_for_a_while_is_found_again(public: None, made: Any) -> None:
    operation = begin(made(lambda work: None), by=robot())
    assert left_behind() == []

    with connection.cursor() as cursor:
        cursor.execute("UPDATE fleet_operation SET updated_at = now() - interval '2 minutes'")
    assert left_behind() == [operation]

    Operation.objects.update(state="done", ended_at=timezone.now())
    assert left_behind() == []
