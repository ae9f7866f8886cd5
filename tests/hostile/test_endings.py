"""T49, T52: what is erased is nowhere; what was somebody's is nobody else's."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from tenants.crm import tasks as crm_tasks
from tenants.directory.actions import claim_custom_host, create_agency, remove_host, verify_custom_host
from tenants.directory.dns import has_token
from tenants.directory.errors import DomainNotVerified, HostKeptBack, HostTaken, SlugTaken
from tenants.directory.models import Company, SupportVisit, Tombstone
from tenants.directory.own_hosts import check_slug_free
from tenants.directory.tombstones import bury_moved_hosts
from tenants.fleet.actions import create_company
from tenants.fleet.lifecycle.closing import retire_company
from tenants.fleet.lifecycle.erasing import begin_erasing
from tenants.fleet.operations.running import run
from tenants.identity.actions import add_user, audit
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tests.directory.conftest import zone  # noqa: F401 - a fixture
from tests.factories import Twin, client_for, make
from tests.fleet.lifecycle.conftest import Make, committed_company, made  # noqa: F401 - a fixture

SENTINEL = "SENTINEL-ERASED-4X"
EMAIL = "sentinel-erased-4x@ending.example"


def plant(company: Company) -> None:
    """The sentinel wherever a company leaves something."""
    with context.inside(company.place, actor=robot()):
        contact = make("contacts", first_name=SENTINEL, last_name="Nair", email=EMAIL)
        user = add_user(email=EMAIL, name=SENTINEL, role="owner")
        client_for(user, "ending.alpha.localhost")
        audit("test.planted", by=robot(SENTINEL), subject=SENTINEL)
        default_storage.save("files/sentinel.txt", ContentFile(SENTINEL.encode()))
        cache.set("sentinel", SENTINEL, 3600)
    for message in ({"countdown": 3600}, {}):
        crm_tasks.remind.apply_async(kwargs={"company_id": str(company.pk), "text": SENTINEL}, **message)
    SupportVisit.objects.create(
        company=company, visitor_id=user.pk, visitor_name="Boss", visitor_email="boss@alpha.example", house="Alpha",
        user_id=user.pk, user_name=SENTINEL, reason=f"About {SENTINEL}", minutes=30,
    )  # fmt: skip
    audit("support.asked", by=robot(f"Boss for {SENTINEL}"), subject=f"company:{company.pk}", user=SENTINEL)
    logs = settings.DATA_DIR / "logs"
    logs.mkdir(exist_ok=True)
    (logs / "web.log").write_text(f"line\nrefused sign-in email={EMAIL}\nline\n")
    mails = settings.DATA_DIR / "mail"
    mails.mkdir(exist_ok=True)
    (mails / "1.eml").write_text(
        f"To: {EMAIL}\n\nhttp://{company.slug}.{company.agency.slug}.localhost:8000/ {SENTINEL}"
    )
    assert contact.pk


def hits() -> list[str]:
    """Where the sentinel is: every row of every table, every file, every key of Redis."""
    words = [SENTINEL.encode(), EMAIL.encode()]
    found = [name for name, text in (*_rows(), *_keys(), *_files()) if any(word in text for word in words)]
    return sorted(set(found))


def _rows() -> Iterator[tuple[str, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT string_agg(one::text, ' ') FROM {table} one WHERE one::text ILIKE %s", ["%SENTINEL-ERASED-4X%"]
            )
            if text := cursor.fetchone()[0]:
                yield f"table {table}", text.encode() + SENTINEL.encode()


def _keys() -> Iterator[tuple[str, bytes]]:
    client: Any = redis.Redis.from_url(settings.REDIS_URL)
    reads = {
        b"string": lambda key: [client.get(key)], b"list": lambda key: client.lrange(key, 0, -1),
        b"hash": lambda key: client.hvals(key), b"zset": lambda key: client.zrange(key, 0, -1),
        b"set": lambda key: client.smembers(key),
    }  # fmt: skip
    for key in client.scan_iter():
        texts = b" ".join(reads[client.type(key)](key))
        yield f"redis {key.decode()}", texts


def _files() -> Iterator[tuple[str, bytes]]:
    for path in Path(settings.DATA_DIR).rglob("*"):
        if path.is_file():
            yield f"file {path.relative_to(settings.DATA_DIR)}", path.read_bytes()


def test_t49_nothing_of_an_erased_company_is_left_anywhere(committed_company: Make) -> None:  # noqa: F811
    company = committed_company()
    neighbours = Company.objects.count() - 1
    plant(company)
    before = hits()
    kinds = {one.split()[0] for one in before}
    assert kinds == {"table", "redis", "file"}
    assert any(company.schema_name in one for one in before)
    assert "table public.identity_auditentry" in before

    retire_company(company=company, typed_name=company.name, reason="Left us", days=0, by=robot(), is_silent=True)
    done = run(begin_erasing(company=company, reason="Left us", by=robot()))

    assert (done.state, hits()) == ("done", [])
    assert Company.objects.count() == neighbours


@pytest.fixture
def held(public: None, twins: tuple[Twin, Twin], zone: Any) -> Any:  # noqa: F811
    """A domain that agency A has proven for its company."""
    domain = claim_custom_host(agency=twins[0].agency, company=twins[0].company, raw_host="crm.client.example")
    zone["_crm-verify.crm.client.example"] = [domain.token]
    return verify_custom_host(domain=domain)


def test_t52_a_live_host_is_nobody_elses(held: Any, twins: tuple[Twin, Twin]) -> None:
    with pytest.raises(HostTaken):
        claim_custom_host(agency=twins[1].agency, raw_host="crm.client.example")


@pytest.mark.parametrize("host", ["crm.client.example", "deep.crm.client.example"])
def test_t52_a_removed_host_with_a_dangling_cname_is_kept_back(
    held: Any, twins: tuple[Twin, Twin], zone: Any, host: str  # noqa: F811
) -> None:  # fmt: skip
    """Whatever the DNS says: only the one who had it may claim it, and has to prove it anew."""
    remove_host(domain=held)

    with pytest.raises(HostKeptBack, match="kept back until"):
        claim_custom_host(agency=twins[1].agency, raw_host=host)
    again = claim_custom_host(agency=twins[0].agency, company=twins[0].company, raw_host=host)
    assert again.token != held.token
    with pytest.raises(DomainNotVerified):
        verify_custom_host(domain=again)
    zone[f"_crm-verify.{host}"] = [again.token]
    assert verify_custom_host(domain=again).verified_at


def test_t52_an_older_claim_does_not_win_once_the_host_is_kept_back(
    held: Any, twins: tuple[Twin, Twin], zone: Any  # noqa: F811
) -> None:  # fmt: skip
    """C had claimed a name below, and even proves it: the stone above it holds."""
    waiting = claim_custom_host(agency=twins[1].agency, raw_host="deep.crm.client.example")
    zone["_crm-verify.deep.crm.client.example"] = [waiting.token]
    remove_host(domain=held)

    assert has_token("deep.crm.client.example", waiting.token)
    with pytest.raises(HostKeptBack):
        verify_custom_host(domain=waiting)


def test_t52_when_the_time_is_over_anybody_may_have_it(held: Any, twins: tuple[Twin, Twin]) -> None:
    remove_host(domain=held)
    Tombstone.objects.filter(host="crm.client.example").update(until=timezone.now() - timedelta(seconds=1))

    assert claim_custom_host(agency=twins[1].agency, raw_host="crm.client.example").token
    assert bury_moved_hosts() == 1


def test_t48_t52_the_slug_of_an_erased_company_is_not_given_again(
    public: None, twins: tuple[Twin, Twin], by: Actor
) -> None:
    company = made(twins[0].agency, slug="ending")
    retire_company(company=company, typed_name=company.name, reason="Left us", days=0, by=by, is_silent=True)
    assert run(begin_erasing(company=company, reason="", by=by)).state == "done"

    with pytest.raises(SlugTaken):
        made(twins[0].agency, slug="ending")
    assert check_slug_free(twins[1].agency, "ending") == ["ending.bravo.localhost"]


def test_t52_the_slug_of_a_former_agency_is_kept_back(public: None, twins: tuple[Twin, Twin]) -> None:
    Tombstone.objects.create(host="gone.localhost", is_custom=False, until=timezone.now() + timedelta(days=1))

    with pytest.raises(SlugTaken):
        create_agency(name="Gone again", slug="gone")


def test_a_slug_whose_former_host_still_leads_on_is_a_conflict_and_no_crash(
    public: None, twins: tuple[Twin, Twin], by: Actor
) -> None:
    from tenants.fleet.lifecycle.renaming import rename_company

    rename_company(company=twins[0].company, slug="moved-works", by=by)

    with pytest.raises(SlugTaken):
        create_company(agency=twins[0].agency, name="New", slug="works", country="IN", owner_email="x@x.example", by=by)
