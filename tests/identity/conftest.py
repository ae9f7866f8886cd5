"""Mails really written: tasks run at once, after what stands for the commit."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core import mail
from django.test import Client, TestCase

from saas.celery import app
from tenants.identity.models import User
from tenants.identity.people import invite_user
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import Twin

Committed = Callable[[], AbstractContextManager[Any]]


@pytest.fixture
def committed() -> Iterator[Committed]:
    """`with committed():` what waits for the commit runs at its end, tasks included."""
    app.conf.task_always_eager = app.conf.task_eager_propagates = True
    yield lambda: TestCase.captureOnCommitCallbacks(execute=True)
    app.conf.task_always_eager = app.conf.task_eager_propagates = False


@pytest.fixture
def outbox(committed: Committed) -> list[Any]:
    mail.outbox = []
    return mail.outbox


@pytest.fixture
def invited(twins: tuple[Twin, Twin], committed: Committed, outbox: list[Any]) -> tuple[User, str]:
    """A sales rep of company A who has got the mail, and the path of the link in it."""
    with context.inside(twins[0].place, actor=robot()), committed():
        user = invite_user(email="rep@alpha.example", name="Ravi Rao", role="sales-rep", by=robot())
    return user, path_in(outbox[-1])


def path_in(message: Any) -> str:
    """The path of the first link of a mail that is more than a host."""
    line = next(line for line in message.body.splitlines() if "/welcome/" in line or "/reset/" in line)
    return "/" + line.split("/", 3)[3]


def a_user(twin: Twin, role: str, email: str = "") -> User:
    """A user of the twin's company who has joined."""
    from django.utils import timezone

    from tenants.identity.actions import add_user
    from tests.factories import PASSWORD

    with context.inside(twin.place, actor=robot()):
        user = add_user(
            email=email or f"{role}@people.example", name=f"{role.title()} Person", role=role, password=PASSWORD
        )
        User.objects.filter(pk=user.pk).update(verified_at=timezone.now())
        user.refresh_from_db()
        return user


def browser(host: str) -> Client:
    return Client(headers={"host": host})
