"""Domains of one's own: claimed, proved by a TXT record, preferred, given up."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenants.directory.actions import (
    claim_custom_host,
    create_agency,
    make_canonical,
    remove_host,
    verify_custom_host,
)  # fmt: skip
from tenants.directory.errors import DomainNotVerified, HostKeptBack, HostTaken
from tenants.directory.hosts import _forget, resolve
from tenants.directory.models import Agency, Domain
from tenants.directory.own_hosts import add_own_host
from tenants.directory.tombstones import lift
from tenants.fleet.actions import create_company
from tenants.kernel.actors import robot
from tenants.kernel.errors import Invalid
from tests.factories import Twin


def test_txt_record_brings_a_company_host_live(public: None, twins: tuple[Twin, Twin], zone: Any) -> None:
    a = twins[0]
    domain = claim_custom_host(agency=a.agency, company=a.company, raw_host="CRM.Alpha.Example.")
    zone["_crm-verify.crm.alpha.example"] = ["something else", domain.token]

    verify_custom_host(domain=domain)

    _forget()
    tenant = resolve("crm.alpha.example")
    assert tenant
    assert (tenant.canonical_host, tenant.base_url) == ("crm.alpha.example", "http://crm.alpha.example:8000")
    moved = Client(headers={"host": a.host}).get("/sign-in/?next=/deals/")
    assert moved["Location"] == "http://crm.alpha.example:8000/sign-in/?next=/deals/"


@pytest.mark.parametrize("records", [None, [], ["wrong"], ["token-of-{token}"], ["{token}x"]])
def test_no_record_or_another_keeps_it_dark(
    public: None, twins: tuple[Twin, Twin], zone: Any, records: list[str] | None
) -> None:
    domain = claim_custom_host(agency=twins[0].agency, raw_host="crm.alpha.example")
    if records:
        zone["_crm-verify.crm.alpha.example"] = [text.format(token=domain.token) for text in records]

    with pytest.raises(DomainNotVerified) as refused:
        verify_custom_host(domain=domain)

    assert domain.token in str(refused.value)
    assert "_crm-verify.crm.alpha.example" in str(refused.value)
    assert resolve("crm.alpha.example") is None


def test_record_in_several_strings_counts(public: None, twins: tuple[Twin, Twin], zone: Any) -> None:
    domain = claim_custom_host(agency=twins[0].agency, raw_host="crm.alpha.example")
    zone["_crm-verify.crm.alpha.example"] = [f"{domain.token[:9]}|{domain.token[9:]}"]

    assert verify_custom_host(domain=domain).verified_at


def test_dns_that_does_not_answer_is_a_no(
    public: None, twins: tuple[Twin, Twin], settings: Any, monkeypatch: Any
) -> None:
    settings.DNS_RESOLVER = "127.0.0.1:9"
    monkeypatch.setattr("tenants.directory.dns.TIMEOUT_SECONDS", 0.2)
    domain = claim_custom_host(agency=twins[0].agency, raw_host="crm.alpha.example")

    with pytest.raises(DomainNotVerified):
        verify_custom_host(domain=domain)


def test_agency_domain_takes_its_companies_along_and_gives_them_back(
    public: None, twins: tuple[Twin, Twin], zone: Any
) -> None:
    a = twins[0]
    domain = claim_custom_host(agency=a.agency, raw_host="suite.alpha.example")
    zone["_crm-verify.suite.alpha.example"] = [domain.token]
    verify_custom_host(domain=domain)
    later = create_company(
        agency=a.agency, name="Later", slug="later", country="IN", owner_email="l@x.example", by=robot()
    )

    _forget()
    named = {company.slug: hosts_of(company) for company in (a.company, later)}
    assert named == {"works": "works.suite.alpha.example", "later": "later.suite.alpha.example"}
    assert resolve("later.alpha.localhost")

    remove_host(domain=domain)
    _forget()
    assert (hosts_of(a.company), hosts_of(later)) == ("works.alpha.localhost", "later.alpha.localhost")
    assert resolve("works.suite.alpha.example") is None


def hosts_of(company: Any) -> str:
    return str(Domain.objects.get(company=company, is_canonical=True).host)


def test_what_somebody_has_nobody_else_gets(public: None, twins: tuple[Twin, Twin], zone: Any) -> None:
    a, b = twins
    mine = claim_custom_host(agency=a.agency, raw_host="crm.alpha.example")
    zone["_crm-verify.crm.alpha.example"] = [mine.token]

    with pytest.raises(HostTaken):
        claim_custom_host(agency=b.agency, raw_host="crm.alpha.example")
    verify_custom_host(domain=mine)
    Domain.objects.filter(pk=mine.pk).update(created_at=timezone.now() - timedelta(days=400))
    with pytest.raises(HostTaken):
        claim_custom_host(agency=b.agency, raw_host="crm.alpha.example")

    remove_host(domain=mine)
    with pytest.raises(HostKeptBack):
        claim_custom_host(agency=b.agency, raw_host="crm.alpha.example")
    lift("crm.alpha.example")
    theirs = claim_custom_host(agency=b.agency, raw_host="crm.alpha.example")
    with pytest.raises(DomainNotVerified):  # the old record proves nothing for the new claim
        verify_custom_host(domain=theirs)


def test_claim_nobody_proved_gives_way_after_three_days(public: None, twins: tuple[Twin, Twin]) -> None:
    squatted = claim_custom_host(agency=twins[1].agency, raw_host="crm.alpha.example")
    Domain.objects.filter(pk=squatted.pk).update(created_at=timezone.now() - timedelta(days=4))

    mine = claim_custom_host(agency=twins[0].agency, raw_host="crm.alpha.example")

    assert mine.token != squatted.token
    assert not Domain.objects.filter(pk=squatted.pk).exists()


def test_unproved_claim_below_an_agency_domain_does_not_block_a_company(
    public: None, twins: tuple[Twin, Twin], zone: Any
) -> None:
    domain = claim_custom_host(agency=twins[0].agency, raw_host="suite.alpha.example")
    zone["_crm-verify.suite.alpha.example"] = [domain.token]
    verify_custom_host(domain=domain)
    claim_custom_host(agency=twins[1].agency, raw_host="next.suite.alpha.example")

    made = create_company(
        agency=twins[0].agency, name="Next", slug="next", country="IN", owner_email="n@x.example", by=robot()
    )

    assert hosts_of(made) == "next.suite.alpha.example"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "crm",
        "localhost",
        "x.localhost",
        "works.bravo.localhost",
        "10.0.0.1",
        "a b.example",
        "crm.example/x",
        "crm@x.example",
        "*.x.example",
        "x" * 70 + ".example",
    ],
)
def test_what_is_no_domain_of_ones_own_is_refused(public: None, twins: tuple[Twin, Twin], raw: str) -> None:
    with pytest.raises(Invalid):
        claim_custom_host(agency=twins[0].agency, raw_host=raw)


def test_name_that_only_ends_like_the_platforms_is_free(public: None, twins: tuple[Twin, Twin]) -> None:
    assert claim_custom_host(agency=twins[0].agency, raw_host="my-site.notlocalhost").host == "my-site.notlocalhost"


def test_own_host_stays_and_unproved_host_is_never_canonical(public: None, twins: tuple[Twin, Twin]) -> None:
    own = Domain.objects.get(company=twins[0].company, is_canonical=True)
    claimed = claim_custom_host(agency=twins[0].agency, company=twins[0].company, raw_host="crm.alpha.example")

    with pytest.raises(Invalid):
        remove_host(domain=own)
    with pytest.raises(DomainNotVerified):
        make_canonical(domain=claimed)
    assert hosts_of(twins[0].company) == own.host


def test_second_agency_gets_its_own_canonical_host(public: None) -> None:
    agency: Agency = create_agency(name="Gamma", slug="gamma")
    second = add_own_host(agency=agency, host="gamma2.localhost")

    assert not second.is_canonical
    assert Domain.objects.get(agency=agency, is_canonical=True).host == "gamma.localhost"
