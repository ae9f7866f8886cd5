"""T55: lines of the log and reports of errors carry the company they arose in, or none; never another's."""

import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from celery import shared_task
from sentry_sdk.transport import Transport

from tenants.directory.task import TenantTask
from tenants.kernel import context
from tenants.kernel.logs import formatter, logger, marked
from tests.factories import Twin


class Kept(Transport):
    """What would have gone to Sentry."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Any] = []

    def capture_envelope(self, envelope: Any) -> None:
        if event := envelope.get_event():
            self.events.append(event)


@pytest.fixture
def reports() -> Iterator[list[Any]]:
    kept = Kept()
    with sentry_sdk.new_scope() as scope:
        options = {"include_local_variables": False, "before_send": marked, "default_integrations": False}
        scope.set_client(sentry_sdk.Client(dsn="https://key@sentry.example/1", transport=kept, **options))  # type: ignore[arg-type]
        yield kept.events


def fail(sentinel: str) -> None:
    raise ValueError(sentinel)


@shared_task(base=TenantTask, name="tests.hostile.failing")
def failing() -> None:
    fail("in a task")


def failed_in(place: context.Place, sentinel: str) -> ValueError:
    with pytest.raises(ValueError, match=sentinel) as caught, context.inside(place):
        fail(sentinel)
    return caught.value


def test_t55_reports_name_the_company_the_error_arose_in(twins: tuple[Twin, Twin], reports: list[Any]) -> None:
    """Captured after the place was left, as a task's errors are, and while in another one."""
    errors = [failed_in(twin.place, twin.sentinel) for twin in twins]
    sentry_sdk.capture_exception(errors[0])
    with context.inside(twins[0].place):
        sentry_sdk.capture_exception(errors[1])
    with context.inside(twins[1].place):
        sentry_sdk.capture_message("here")
    sentry_sdk.capture_message("nowhere")

    named = [event["tags"].get("company") for event in reports]
    assert named == [str(twins[0].company.pk), str(twins[1].company.pk), str(twins[1].company.pk), None]
    for event, other in ((reports[0], twins[1]), (reports[1], twins[0])):
        assert other.sentinel not in repr(event)
        assert str(other.company.pk) not in repr(event)


def test_t55_an_error_in_another_thread_is_nobodys_or_its_own(twins: tuple[Twin, Twin], reports: list[Any]) -> None:
    client = sentry_sdk.get_client()

    def work(place: context.Place | None) -> None:
        with sentry_sdk.new_scope() as scope:
            scope.set_client(client)
            try:
                if place is None:
                    fail("lost")
                with context.inside(place):  # type: ignore[arg-type]
                    fail("found")
            except ValueError as error:
                sentry_sdk.capture_exception(error)

    with context.inside(twins[0].place):
        for place in (None, twins[1].place):
            thread = threading.Thread(target=work, args=(place,))
            thread.start()
            thread.join()

    assert [event["tags"].get("company") for event in reports] == [None, str(twins[1].company.pk)]


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What the log of the house says, as it is written."""
    found: list[str] = []
    handler = logging.Handler()
    handler.setFormatter(formatter(as_json=True))
    handler.emit = lambda record: found.append(handler.format(record))  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    yield found
    logging.getLogger().removeHandler(handler)


def test_t55_log_lines_name_the_company_the_error_arose_in(twins: tuple[Twin, Twin], lines: list[str]) -> None:
    error = failed_in(twins[0].place, "x")
    with context.inside(twins[1].place):
        logger("tests.t55").error("one of ours", exc_info=error)
        logging.getLogger("celery.app.trace").error("one of theirs", exc_info=error)
        logger("tests.t55").error("another matter")

    one, two = (str(twin.company.pk) for twin in twins)
    assert [(one in line, two in line) for line in lines] == [(True, False), (True, False), (False, True)]


def test_t55_a_task_that_fails_is_reported_with_its_company(twins: tuple[Twin, Twin], reports: list[Any]) -> None:
    with pytest.raises(ValueError, match="in a task") as caught:
        failing(company_id=str(twins[1].company.pk))
    sentry_sdk.capture_exception(caught.value)

    assert reports[0]["tags"]["company"] == str(twins[1].company.pk)
