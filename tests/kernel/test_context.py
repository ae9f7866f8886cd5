"""No tenant, no data: every door that needs a place refuses outside of any."""

import threading
from typing import Any

import pytest
from django.core import signing as django_signing
from django.core.cache import cache
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction

from tenants.crm.models import Contact
from tenants.kernel import context, signing
from tenants.kernel.actors import robot, visitor
from tenants.kernel.errors import NoTenant
from tenants.records.actions import create_record
from tenants.records.registry import type_named
from tests.factories import Twin


def path_and_role() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path'), current_user")
        path, role = cursor.fetchone()
        return str(path), str(role)


@pytest.mark.parametrize(
    "touch",
    [
        lambda: Contact.objects.count(),
        lambda: cache.get("anything"),
        lambda: cache.set("anything", 1),
        lambda: default_storage.open("anything"),
        lambda: default_storage.save("anything", ContentFile(b"x")),
        lambda: signing.sign("anything", purpose="test"),
        lambda: signing.unsign("anything", purpose="test"),
        lambda: context.place(),
        lambda: context.actor(),
        lambda: context.company_id(),
        lambda: create_record(record_type=type_named("contacts"), values={"first_name": "X"}, by=robot()),
    ],
)
def test_outside_any_context_is_refused(rolled_back: None, touch: Any) -> None:
    with pytest.raises(NoTenant):
        touch()


def test_public_is_no_company(public: None) -> None:
    with pytest.raises(NoTenant):
        context.company_id()


def test_nested_contexts_return_to_where_they_came_from(twins: tuple[Twin, Twin]) -> None:
    one, two = twins
    with context.inside(one.place):
        assert path_and_role() == (one.place.schema, one.place.schema)
        with context.inside(two.place):
            assert path_and_role() == (two.place.schema, two.place.schema)
            with context.public():
                assert path_and_role()[0] == "public"
            assert path_and_role() == (two.place.schema, two.place.schema)
        assert path_and_role() == (one.place.schema, one.place.schema)


def test_context_is_left_after_an_error(twins: tuple[Twin, Twin]) -> None:
    with pytest.raises(ZeroDivisionError), context.inside(twins[0].place):
        raise ZeroDivisionError
    assert context.current_or_none() is None


def test_acting_changes_the_actor_and_not_the_place(company: Twin) -> None:
    with context.acting(visitor()):
        assert context.actor().kind == "visitor"
        assert context.place() == company.place
    assert context.actor().kind == "robot"


def test_entering_a_place_keeps_actor_and_request_id(company: Twin) -> None:
    around = context.current()
    with context.public():
        assert (context.actor(), context.current().request_id) == (around.actor, around.request_id)


@transaction.atomic
def look_and_fail(twin: Twin, statement: str = "") -> None:
    """Read in a company inside a savepoint that is rolled back."""
    with context.inside(twin.place):
        assert Contact.objects.get().first_name == twin.sentinel
        if statement:
            connection.cursor().execute(statement)
        raise RuntimeError("undo this")


@pytest.mark.parametrize(("statement", "error"), [("", RuntimeError), ("SELECT 1/0", DatabaseError)])
def test_t03_rollback_in_another_company_leaves_no_stale_path(
    twins: tuple[Twin, Twin], statement: str, error: type[Exception]
) -> None:
    one, two = twins
    with context.inside(one.place), transaction.atomic():
        assert Contact.objects.get().first_name == one.sentinel
        with pytest.raises(error):
            look_and_fail(two, statement)
        assert path_and_role() == (one.place.schema, one.place.schema)
        assert Contact.objects.get().first_name == one.sentinel


@pytest.mark.parametrize(("statement", "error"), [("", RuntimeError), ("SELECT 1/0", DatabaseError)])
def test_t03_rollback_to_before_the_company_was_entered(
    twins: tuple[Twin, Twin], statement: str, error: type[Exception]
) -> None:
    """What was set inside the savepoint is undone by the server; the program must know, also straight afterwards."""
    one, two = twins
    with context.inside(one.place):
        Contact.objects.count()
    with context.public(), transaction.atomic():
        with pytest.raises(error):
            look_and_fail(two, statement)
        with context.inside(two.place):
            assert path_and_role() == (two.place.schema, two.place.schema)
            assert Contact.objects.get().first_name == two.sentinel


def test_t03_a_savepoint_of_before_is_rolled_back_from_within_the_company(twins: tuple[Twin, Twin]) -> None:
    """No block ends in between that would point the connection anew: only the rollback itself can say it."""
    with context.public(), transaction.atomic():
        before = transaction.savepoint()
        with context.inside(twins[1].place):
            assert Contact.objects.get().first_name == twins[1].sentinel
            transaction.savepoint_rollback(before)
            assert path_and_role() == (twins[1].place.schema, twins[1].place.schema)
            assert Contact.objects.get().first_name == twins[1].sentinel


def test_released_savepoint_keeps_the_inner_place_right(twins: tuple[Twin, Twin]) -> None:
    one, two = twins
    with context.inside(one.place), transaction.atomic():
        with transaction.atomic(), context.inside(two.place):
            assert Contact.objects.get().first_name == two.sentinel
        assert Contact.objects.get().first_name == one.sentinel


def test_a_new_thread_has_no_context(company: Twin) -> None:
    found: list[Any] = []

    def work() -> None:
        try:
            found.append(context.place())
        except NoTenant as error:
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert isinstance(found[0], NoTenant)


def test_signatures_mean_nothing_elsewhere(twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place):
        text = signing.sign({"n": 1}, purpose="invoice")
        assert signing.unsign(text, purpose="invoice") == {"n": 1}
        with pytest.raises(django_signing.BadSignature):
            signing.unsign(text, purpose="reset")
    for place in (
        twins[1].place,
        context.Place(schema="public"),
        context.Place(schema="public", agency_id=twins[0].agency.pk),
    ):
        with context.inside(place), pytest.raises(django_signing.BadSignature):
            signing.unsign(text, purpose="invoice")


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/passwd", "..", "a/../../../x"])
def test_storage_cannot_leave_its_place(company: Twin, name: str) -> None:
    with pytest.raises(SuspiciousFileOperation):
        default_storage.save(name, ContentFile(b"x"))
    with pytest.raises(SuspiciousFileOperation):
        default_storage.open(name)


def test_storage_keeps_places_apart(twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place):
        name = default_storage.save("kept/paper.txt", ContentFile(b"of A"))
        assert default_storage.open(name).read() == b"of A"
    with context.inside(twins[1].place):
        assert default_storage.exists(name) is False
        with pytest.raises(FileNotFoundError):
            default_storage.open(name)
    with context.inside(twins[0].place):
        default_storage.delete(name)


def test_cache_keeps_places_apart(twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place):
        cache.set("same-key", "of A", 60)
    with context.inside(twins[1].place):
        assert cache.get("same-key") is None
    with context.public():
        assert cache.get("same-key") is None
