"""T31, T33, T34: a task runs in the company it was sent for, or not at all."""

import random
from typing import Any

import psycopg
import pytest
from celery import shared_task
from celery.exceptions import Reject, Retry
from django.db import OperationalError, connection
from psycopg.errors import AdminShutdown, QueryCanceled

from tenants.crm.models import Contact
from tenants.directory.actions import suspend_company
from tenants.directory.task import PublicTask, TenantTask, send
from tenants.kernel import context
from tenants.kernel.errors import NoTenant
from tenants.records.events import drain_begins
from tenants.records.outbox.tasks import drain_outbox
from tests.factories import Twin, make

ran: list[Any] = []


@shared_task(base=TenantTask, name="tests.hostile.look")
def look() -> None:
    ran.append((str(context.company_id()), Contact.objects.get().first_name))


@shared_task(base=PublicTask, name="tests.hostile.look_in_public")
def look_in_public() -> None:
    ran.append(("public", context.place().schema))


@pytest.fixture(autouse=True)
def _empty() -> None:
    ran.clear()


@pytest.mark.parametrize(
    "company_id",
    [None, "", "x", "6a1f425a-2899-4bed-8713-2598661ff42e", "public", "00000000-0000-0000-0000-000000000000"],
)
def test_t31_without_a_known_company_the_body_never_runs(twins: tuple[Twin, Twin], company_id: str | None) -> None:
    with pytest.raises(Reject):
        look(company_id=company_id)
    with pytest.raises(Reject):
        look()

    assert ran == []


def test_t31_a_suspended_company_is_refused(twins: tuple[Twin, Twin]) -> None:
    with context.public():
        suspend_company(company=twins[0].company)
    with pytest.raises(Reject):
        look(company_id=str(twins[0].company.pk))

    assert ran == []


def test_t33_one_worker_serves_companies_in_any_order(twins: tuple[Twin, Twin]) -> None:
    dice = random.Random(7)
    expected = []
    for _ in range(150):
        twin = dice.choice((*twins, None))
        if twin is None:
            look_in_public()
            expected.append(("public", "public"))
        else:
            look(company_id=str(twin.company.pk))
            expected.append((str(twin.company.pk), twin.sentinel))
        with pytest.raises(NoTenant):
            context.place()

    assert ran == expected


def test_t33_a_failing_task_leaves_no_company_behind(twins: tuple[Twin, Twin], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Contact.objects, "get", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        look(company_id=str(twins[0].company.pk))

    assert context.current_or_none() is None


def test_t34_sending_names_the_company_of_the_moment_and_waits_for_the_commit(
    twins: tuple[Twin, Twin], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(look, "apply_async", lambda args, kwargs, **_: sent.append(kwargs))
    with context.inside(twins[0].place):
        waiting = len(connection.run_on_commit)
        send(look)
    assert sent == []
    with context.inside(twins[1].place):
        for _ids, callback, _robust in connection.run_on_commit[waiting:]:
            callback()

    assert sent == [{"company_id": str(twins[0].company.pk)}]


@pytest.mark.parametrize(
    ("fault", "told"),
    [(psycopg.OperationalError("refused"), Retry), (AdminShutdown(), Retry), (QueryCanceled(), OperationalError)],
)
def test_a_task_comes_again_when_its_database_is_away(
    twins: tuple[Twin, Twin], monkeypatch: pytest.MonkeyPatch, fault: Exception, told: type[Exception]
) -> None:
    def fail() -> None:
        raise OperationalError from fault

    monkeypatch.setattr(Contact.objects, "get", fail)
    with pytest.raises(told):
        look.apply(kwargs={"company_id": str(twins[0].company.pk)}, throw=True)


def test_sending_outside_a_company_is_refused(twins: tuple[Twin, Twin]) -> None:
    with pytest.raises(NoTenant):
        send(look)
    with context.public(), pytest.raises(NoTenant):
        send(look)


def test_t34_the_drain_of_an_event_is_asked_for_where_it_was_written(
    twins: tuple[Twin, Twin], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a company is made: its rows are written inside, the commit comes in public. Once for all of them."""
    asked: list[Any] = []
    monkeypatch.setattr(drain_outbox, "apply_async", lambda kwargs, **_: asked.append(kwargs))
    waiting = len(connection.run_on_commit)
    for twin in twins:
        with context.inside(twin.place):
            make("contacts", first_name="Asha")
            make("contacts", first_name="Bela")
    with context.public():
        for _ids, callback, _robust in connection.run_on_commit[waiting:]:
            callback()

    assert asked == [{"company_id": str(twin.company.pk)} for twin in twins]
    for twin in twins:
        with context.inside(twin.place):
            drain_begins()
