"""T40, T41, T42: stale templates, sign-ups all at once, and dying anywhere while a company comes to life."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, migrations, models
from django.utils import timezone

from tenants.crm.models import Stage
from tenants.directory import hosts
from tenants.directory.errors import SlugTaken
from tenants.directory.hosts import resolve
from tenants.directory.models import Company, Domain
from tenants.fleet import migrating, pool, template
from tenants.fleet.actions import create_company
from tenants.fleet.migrating import bring_to_head
from tenants.fleet.models import Schema, SchemaState, Template
from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import Twin
from tests.fleet.ground import Ground, look, settle
from tests.fleet.killing import killed_in_child, points_of, statements_in_child
from tests.fleet.test_schemas import catalogue
from tests.thorough import IS_THOROUGH

AT_ONCE = 50 if IS_THOROUGH else 20
LONGEST_SECONDS = 240


@pytest.fixture
def agency(_twins: tuple[Twin, Twin], django_db_blocker: Any) -> Iterator[Any]:
    """In public, outside any transaction: what is written stays until it is taken away again."""
    with django_db_blocker.unblock(), context.public(actor=robot()):
        before = look().without_ready()
        yield _twins[0].agency
        for slug in Company.objects.exclude(slug="works").values_list("slug", flat=True):
            take_away(slug)
        assert look().without_ready() == before
        pool.fill_pool()
    hosts._forget()


def take_away(slug: str) -> None:
    for company in Company.objects.filter(slug=slug):
        Domain.objects.filter(company=company).delete()
        company.delete()
        pool.drop_schema(company.schema_name)


def make(agency: Any, slug: str) -> Company:
    return create_company(
        agency=agency, name=slug.title(), slug=slug, country="IN", owner_email=f"o@{slug}.example", by=robot()
    )


def empty_the_pool() -> None:
    for name in pool.retire(Schema.objects.filter(state=SchemaState.READY)):
        pool.drop_schema(name)


def test_t40_a_company_of_new_code_is_like_one_that_was_migrated(
    twins: tuple[Twin, Twin], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later(migrations.Migration):
        dependencies = [("crm", "0001_initial")]
        operations = [
            migrations.AddField("contact", "nickname", models.CharField(max_length=40, default="")),
            migrations.AddIndex("contact", models.Index(fields=["nickname"], name="contact_nickname")),
        ]

    planned = [*migrating.plan(), Later("0002_later", "crm")]
    old = migrating.head()
    with context.public(actor=robot()):
        pool.fill_pool()
        monkeypatch.setattr(migrating, "plan", lambda: planned)
        migrating.head.cache_clear()
        try:
            assert migrating.head() != old
            made = make(twins[0].agency, "late")
            lived_here = Schema.objects.get(name=twins[0].company.schema_name)
            bring_to_head(lived_here)
            pool.grant(lived_here.name, template.current_template().tables)

            assert Schema.objects.get(name=made.schema_name).fingerprint == lived_here.fingerprint == migrating.head()
            assert catalogue(made.schema_name) == catalogue(lived_here.name)
            assert "nickname" in str(catalogue(made.schema_name)["columns"])
        finally:
            migrating.head.cache_clear()


def test_t40_what_was_ready_for_older_code_goes_with_the_deploy(public: None) -> None:
    older = Template.objects.create(fingerprint="older", statements=[], tables=[], applied=[])
    stale = pool.make_schema(template.current_template())
    Schema.objects.filter(pk=stale.pk).update(state=SchemaState.READY, fingerprint=older.fingerprint)

    assert pool.deployed() == "older"
    assert (pool.prune_stale(), pool.fill_pool()) == (0, 0), "the code of the newest deploy is not ours"
    assert pool.prune() == 1
    assert not Schema.objects.filter(pk=stale.pk).exists()


def all_at_once(jobs: list[Callable[[], Any]]) -> list[Any]:
    """Each on a connection of its own, started together; results or errors."""
    found: list[Any] = [None] * len(jobs)
    start = threading.Barrier(len(jobs))

    def run(number: int) -> None:
        try:
            start.wait(30)
            with context.public(actor=robot()):
                found[number] = jobs[number]()
        except Exception as error:  # what went wrong is the result
            found[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST_SECONDS)
    return found


def test_t41_many_at_once_with_an_empty_pool_and_one_slug_twice(agency: Any) -> None:
    empty_the_pool()
    slugs = [f"crowd-{number}" for number in range(AT_ONCE - 1)]

    found = all_at_once([lambda slug=slug: make(agency, slug) for slug in [*slugs, slugs[0]]])  # type: ignore[misc]

    made = [one for one in found if isinstance(one, Company)]
    assert [one for one in found if not isinstance(one, Company | SlugTaken)] == []
    assert (len(made), len(found) - len(made)) == (AT_ONCE - 1, 1)
    assert sorted(one.slug for one in made) == sorted(slugs)
    assert len({one.schema_name for one in made}) == AT_ONCE - 1
    assert look().disorder == set()


@pytest.mark.parametrize("is_full", [True, False], ids=["pool full", "pool empty"])
def test_t42_dying_while_a_company_is_made_leaves_nothing_of_it(agency: Any, is_full: bool) -> None:
    def prepare() -> Ground:
        if is_full:
            pool.fill_pool()
        else:
            empty_the_pool()
        return look()

    before = prepare().without_ready()
    statements = statements_in_child(lambda: make(agency, "counted"))
    take_away("counted")
    for point in points_of(statements):
        prepare()
        assert killed_in_child(point, lambda: make(agency, "killed"))
        assert_whole_or_gone(agency, "killed")
    settle()

    assert look().disorder == set()
    assert look().without_ready() == before
    assert make(agency, "killed").status == "active"


def assert_whole_or_gone(agency: Any, slug: str) -> None:
    """Killed before its commit nobody can reach it; killed after that it is as any other."""
    hosts._forget()
    found = resolve(f"{slug}.{agency.slug}.localhost")
    assert Company.objects.filter(slug=slug).exists() is bool(found)
    if found:
        with context.inside(found.place):
            assert User.objects.get().role.slug == "owner"  # type: ignore[union-attr]
            assert Stage.objects.count() == 9
        take_away(slug)


def test_t42_dying_while_the_pool_is_filled_ends_in_ready_or_gone(agency: Any) -> None:
    before = look().without_ready()
    empty_the_pool()
    statements = statements_in_child(pool.fill_pool)
    for point in points_of(statements):
        empty_the_pool()
        assert killed_in_child(point, pool.fill_pool)
        # As after a while: what is under way counts as ready soon, and the next filler would have less to do.
        Schema.objects.filter(state=SchemaState.BUILDING).update(updated_at=timezone.now() - pool.BUILDING_TAKES)
    settle()

    assert look().disorder == set()
    assert look().without_ready() == before


def test_t42_dying_while_the_template_is_built_leaves_nothing(agency: Any) -> None:
    before = look()
    template_id = Template.objects.get(fingerprint=migrating.head()).pk

    def build() -> None:
        Template.objects.filter(pk=template_id).update(fingerprint="put aside")
        template.build_template()

    def put_back() -> None:
        Template.objects.filter(fingerprint=migrating.head()).exclude(pk=template_id).delete()
        Template.objects.filter(pk=template_id).update(fingerprint=migrating.head())

    try:
        statements = statements_in_child(build)
        put_back()
        for point in points_of(statements):
            assert killed_in_child(point, build)
            assert (
                Template.objects.filter(fingerprint=migrating.head(), pk=template_id).count()
                + (Template.objects.filter(fingerprint="put aside").count())
                == 1
            )
            put_back()
    finally:
        put_back()

    assert look() == before


def test_t42_dying_while_stale_schemas_are_dropped_ends_in_gone(agency: Any) -> None:
    before = look().without_ready()

    def make_stale() -> None:
        pool.fill_pool()
        Schema.objects.filter(state=SchemaState.READY).update(fingerprint="older")

    make_stale()
    statements = statements_in_child(pool.prune)
    for point in points_of(statements):
        make_stale()
        killed = killed_in_child(point, pool.prune)
        assert killed or point == statements, "a role that another worker's database keeps takes some statements more"
    settle()

    assert look().disorder == set()
    assert look().without_ready() == before
