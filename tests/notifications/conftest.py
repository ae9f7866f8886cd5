"""Company A with two people beside its owner, and real receivers: SMTP, HTTP, browsers."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction

from saas.celery import app
from tenants.identity.models import User
from tenants.kernel.actors import Actor
from tenants.notifications.sending import send_some
from tests.factories import Twin
from tests.identity.conftest import a_user
from tests.notifications.receiver import Receiver
from tests.stack import free_port


class Letters:
    """A mail server that keeps what it takes; `answer` is what it says to each recipient."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.answer = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
def letters(settings: Any) -> Iterator[Letters]:
    """The house's own mailing against a real SMTP server."""
    handler = Letters()
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "tenants.kernel.mail.Backend"
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    yield handler
    controller.stop()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A chat, or a push service: a real server that we may reach."""
    with Receiver() as found:
        settings.OUTBOUND_TRUSTED_ORIGINS = [found.url]
        yield found


@pytest.fixture
def rep(company: Twin) -> User:
    return a_user(company, "sales-rep")


@pytest.fixture
def mate(company: Twin) -> User:
    return a_user(company, "manager")


@pytest.fixture
def someone() -> Actor:
    """Who causes what others are told of."""
    return Actor(kind="user", user_id=UUID(int=7), name="Somebody Else")


@pytest.fixture(autouse=True)
def _not_queued(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests say themselves when the worker works."""
    yield
    app.conf.task_always_eager = False


def deliver() -> None:
    """As the worker does."""
    with transaction.atomic():
        while send_some():
            pass
