"""Channels of Slack, Teams and Discord: who keeps them, and what workflows post there."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.directory.hosts import tenant_now
from tenants.identity.actions import audit
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid, NotFound, ProviderFailed
from tenants.kernel.outbound import NotAllowed, NotReachable, checked
from tenants.notifications.channels.base import Message
from tenants.notifications.channels.chat import send_to
from tenants.notifications.enums import Service, Status
from tenants.notifications.models import ChatConnection, Delivery
from tenants.records.queries import require

MOST_CONNECTIONS = 50
LONGEST_URL = 2_000


def connections(*, is_for_people: bool = False) -> Sequence[ChatConnection]:
    rows = ChatConnection.objects.all()
    return list(rows.filter(is_for_people=True) if is_for_people else rows)


def connection_named(connection_id: UUID) -> ChatConnection:
    """Raises NotFound."""
    found = ChatConnection.objects.filter(pk=connection_id).first()
    if not found:
        raise NotFound("There is no such chat connection.")
    return found


@transaction.atomic
def connect(*, name: str, service: str, url: str, is_for_people: bool, by: Actor) -> ChatConnection:
    """Keep the webhook of a channel, encrypted. Raises Denied, Invalid."""
    require(by, "edit", "settings")
    if ChatConnection.objects.count() >= MOST_CONNECTIONS:
        raise Invalid({"name": [_("There are 50 connections. Remove one first.")]})
    errors = _errors(name, service) | _url_errors(url)
    if errors:
        raise Invalid(errors)
    made = ChatConnection(name=name.strip(), service=service, url=url.strip(), is_for_people=is_for_people)
    made.save(force_insert=True)
    audit("chat.connected", by=by, subject=made.name, service=service, is_for_people=is_for_people)
    return connection_named(made.pk)


@transaction.atomic
def change(
    *, connection: ChatConnection, by: Actor, name: str | None = None, url: str = "", is_for_people: bool | None = None
) -> ChatConnection:
    """What is not given stays. Raises Denied, Invalid."""
    require(by, "edit", "settings")
    row = ChatConnection.objects.select_for_update().get(pk=connection.pk)
    errors = _errors(row.name if name is None else name, row.service) | (_url_errors(url) if url.strip() else {})
    if errors:
        raise Invalid(errors)
    row.name = row.name if name is None else name.strip()
    row.is_for_people = row.is_for_people if is_for_people is None else is_for_people
    if url.strip():
        row.url, row.last_error = url.strip(), ""
    row.save()
    audit("chat.changed", by=by, subject=row.name, is_for_people=row.is_for_people, has_new_address=bool(url.strip()))
    return connection_named(row.pk)


@transaction.atomic
def disconnect(*, connection: ChatConnection, by: Actor) -> None:
    """People who sent their notifications there send them nowhere; what waits is not sent."""
    require(by, "edit", "settings")
    connection.delete()
    audit("chat.removed", by=by, subject=connection.name, service=connection.service)


def _errors(name: str, service: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if not name.strip() or len(name.strip()) > 80:
        found["name"] = [_("Give it a name of at most 80 letters, like “Sales channel”.")]
    if service not in Service.values:
        found["service"] = [_("Choose Slack, Microsoft Teams or Discord.")]
    return found


def _url_errors(url: str) -> dict[str, list[str]]:
    """The address is looked at when it is typed, and again each time something is sent."""
    try:
        if len(url) > LONGEST_URL:
            raise NotAllowed
        checked(url)
    except NotAllowed as error:
        return {"url": [str(error.detail)]}
    except NotReachable:
        return {"url": [_("This address cannot be found. Copy the whole webhook address from the chat.")]}
    return {}


def try_out(*, connection: ChatConnection, by: Actor) -> None:
    """Post a word of greeting, now. Raises Denied; ProviderFailed with what the other side said."""
    require(by, "edit", "settings")
    words = _("%(name)s has connected this channel to %(product)s.") % {
        "name": by.name, "product": tenant_now().brand.product_name,
    }  # fmt: skip
    send_to(connection, Message(title=_("It works"), text=words, url=tenant_now().base_url, link_label=_("Open")))


def post(
    *, connection_id: UUID, text: str, title: str = "", url: str = "", fields: Sequence[tuple[str, str]] = (),
    key: str, by: Actor,
) -> Delivery:  # fmt: skip
    """Post to a channel now, once for each `key`. For workflows, which run outside of a transaction here.

    Asked again with a key that was posted, nothing is sent. Should the process die between the sending and its
    note, it is sent again: no chat takes a key of ours. `url` may be an address of this place. Raises NotFound;
    Refused and Gone where a second try is vain; TryLater and NotReachable otherwise.
    """
    if by.kind == "visitor":
        raise Denied
    connection = connection_named(connection_id)
    if not key or len(key) > 160:
        raise Invalid({"key": ["Give a key of at most 160 letters that names this very message."]})
    Delivery.objects.bulk_create(
        [Delivery(channel="chat", connection=connection, once=key, next_try_at=None)], ignore_conflicts=True
    )
    row = Delivery.objects.get(once=key)
    if row.status == Status.SENT:
        return row
    whole = f"{tenant_now().base_url}{url}" if url.startswith("/") else url
    message = Message(title=title or text, text=text if title else "", url=whole, fields=fields, link_label=_("Open"))
    return _posted(row, connection, message)


def _posted(row: Delivery, connection: ChatConnection, message: Message) -> Delivery:
    row.tries += 1
    outcome: dict[str, Any] = {"status": Status.SENT, "error": "", "sent_at": timezone.now()}
    try:
        send_to(connection, message)
    except ProviderFailed as error:
        outcome = {"status": Status.FAILED, "error": str(error.detail)[:200]}
        raise
    finally:
        Delivery.objects.filter(pk=row.pk).update(tries=row.tries, **outcome)
    row.refresh_from_db()
    return row
