"""Records that may be one: the warning on creation, the scan, the queue."""

from typing import Any

import pytest

from tenants.crm.models import Contact
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied
from tenants.records import actions
from tenants.records.duplicates.actions import decide, start_scan
from tenants.records.duplicates.likeness import LIKELY, likeness
from tenants.records.duplicates.queries import couples, matches_for
from tenants.records.duplicates.rules import Facts, digits, domain, folded, rules_for
from tenants.records.duplicates.scanning import pairs_among
from tenants.records.enums import JobState, PairState
from tenants.records.jobs.actions import run_now
from tenants.records.models import Job, Pair
from tenants.records.registry import type_named
from tests.factories import Twin, make
from tests.records.counting import queries_in
from tests.records.staff import person


def facts(name: str = "", email: str = "", phone: str = "", company: str = "", site: str = "", pk: int = 0) -> Facts:
    given = (tuple(filter(None, [one])) for one in (email, digits(phone), domain(site)))
    return Facts(pk, *given, folded(name), company)


@pytest.mark.parametrize(
    ("one", "other", "is_likely", "reasons"),
    [
        (facts("Asha Rao", "a@x.example"), facts("Asha Rao", "a@x.example"), True, ["email", "name"]),
        (facts("Asha Rao", "a@x.example"), facts("Ravi Menon", "a@x.example"), True, ["email"]),
        (facts("Asha Rao", phone="+919820011842"), facts("Aasha Rao", phone="098200 11842"), True, ["phone", "name"]),
        (facts("Asha Rao", phone="+919820011842"), facts("Vikram Shetty", phone="+919820011842"), False, ["phone"]),
        (facts("Asha Rao", "asha.rao@x.example"), facts("Asha Rao", "asha.roa@x.example"), True, ["email~", "name"]),
        (facts("Rao, Asha", company="7"), facts("asha rao", company="7"), True, ["name", "company"]),
        (facts("Asha Rao", company="7"), facts("Asha Rao", company="8"), False, ["name"]),
        (facts("Asha Rao", "a@x.example"), facts("Asha Rao", "b@y.example"), False, ["name"]),
        (facts("Müller GmbH", site="mueller.example"), facts("Muller", site="www.mueller.example"), True,
         ["domain", "name"]),
        (facts("Solar One", site="a.example"), facts("Bakery Two", site="a.example"), False, ["domain"]),
        (facts("Asha Rao"), facts("Ravi Menon"), False, []),
        (facts(), facts(), False, []),
    ],
)  # fmt: skip
def test_likeness(one: Facts, other: Facts, is_likely: bool, reasons: list[str]) -> None:
    score, why = likeness(one, other)

    assert (score >= LIKELY, why) == (is_likely, reasons)
    assert likeness(other, one) == (score, why)


def test_folding() -> None:
    assert [folded(one) for one in ("Åsa  Öberg", "Acme Pvt. Ltd.", "Ltd", "", "Рао Аша")] == [
        "asa oberg", "acme", "ltd", "", "аша рао",
    ]  # fmt: skip
    assert [digits(one) for one in ("+91 98200 11842", "098200-11842", "12", None)] == [
        "820011842",
        "820011842",
        "",
        "",
    ]
    assert [domain(one) for one in ("https://www.X.example/a", "x.example", "http://[", "")] == [
        "x.example", "x.example", "", "",
    ]  # fmt: skip


def test_large_blocks_are_compared_with_neighbours_only() -> None:
    crowd = [facts(f"Asha Rao{n:04}", pk=n) for n in range(400)]
    twins = [facts("Asha Rao0007", "x@x.example", pk=400), facts("Asha Rao0007", "x@x.example", pk=401)]

    assert (400, 401) in pairs_among([*crowd, *twins])


def test_which_types_are_looked_at_and_by_what(company: Twin) -> None:
    contacts = rules_for(type_named("contacts"))

    assert contacts
    assert (contacts.emails, contacts.phones, contacts.name, contacts.company) == (
        ("email",), ("phone",), "name", "account",
    )  # fmt: skip
    assert rules_for(type_named("deals")) is None
    assert rules_for(type_named("tasks")) is None


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"first_name": "Someone", "email": "ASHA@x.example"}, 1),
        ({"first_name": "Asha", "last_name": "Rao", "phone": "098200 11843"}, 1),
        ({"first_name": "Asha", "last_name": "Rao"}, 1),
        ({"first_name": "Asha", "last_name": "Menon"}, 0),
    ],
)
def test_who_looks_like_a_new_record(company: Twin, by: Actor, values: dict[str, str], found: int) -> None:
    asha = make("contacts", first_name="Asha", last_name="Rao", email="asha@x.example", phone="+919820011843")
    contacts = type_named("contacts")

    matches = matches_for(contacts, contacts.clean(values, creating=True), by)

    assert [one.record.pk for one in matches] == [asha.pk] * found


def test_the_form_warns_before_it_saves_and_saves_anyway(owner: Any, company: Twin, by: Actor) -> None:
    make("contacts", first_name="Asha", last_name="Rao", email="asha@x.example")
    sent = {"first_name": "A.", "last_name": "Rao", "email": "asha@x.example"}

    warned = owner.post("/contacts/new/", sent, headers={"HX-Request": "true", "HX-Target": "dialog"})
    with context.inside(company.place):
        assert Contact.objects.filter(email="asha@x.example").count() == 1
    saved = owner.post("/contacts/new/", sent | {"save_anyway": "1"})

    assert warned.status_code == 409
    assert b"This may be there already" in warned.content
    assert b"same e-mail" in warned.content
    assert saved.status_code == 302
    with context.inside(company.place):
        assert Contact.objects.filter(email="asha@x.example").count() == 2


def test_the_api_refuses_only_when_asked(company: Twin, by: Actor) -> None:
    make("contacts", first_name="Asha", last_name="Rao", email="asha@x.example")
    body = {"first_name": "A.", "email": "asha@x.example"}
    key = company.with_key()

    refused = key.post("/api/v1/contacts?on_duplicate=refuse", body, content_type="application/json")
    made = key.post("/api/v1/contacts", body, content_type="application/json")

    assert (refused.status_code, refused.json()["code"]) == (409, "possible_duplicate")
    assert list(refused.json()["errors"]) == ["email"]
    assert made.status_code == 201


@pytest.fixture
def scanned(company: Twin, by: Actor) -> Pair:
    """Two Ashas among others, found."""
    for values in ({"email": "asha@x.example"}, {"email": "asha@x.example", "phone": "+919820011843"}, {}):
        make("contacts", first_name="Asha" if values else "Ravi", last_name="Rao", **values)
    job = run_now(start_scan(record_type=type_named("contacts"), by=by))
    assert (job.state, job.result, job.done) == (JobState.DONE, {"pairs": 1, "records": 4}, 4)
    return Pair.objects.get()


def test_a_scan_keeps_pairs_with_score_and_reasons(scanned: Pair) -> None:
    names = Contact.objects.filter(pk__in=[scanned.left_id, scanned.right_id]).values_list("first_name", flat=True)

    assert (list(names), scanned.score, scanned.reasons, scanned.state) == (
        ["Asha", "Asha"], 98, ["email", "name"], PairState.OPEN,
    )  # fmt: skip
    assert scanned.left_id < scanned.right_id


def test_what_was_dismissed_stays_dismissed_and_what_no_longer_fits_goes(scanned: Pair, by: Actor) -> None:
    contacts = type_named("contacts")
    decide(pair=scanned, state=PairState.DISMISSED, by=by)
    run_now(start_scan(record_type=contacts, by=by))
    assert Pair.objects.get().state == PairState.DISMISSED

    decide(pair=scanned, state=PairState.OPEN, by=by)
    changed = {"email": "other@y.example", "first_name": "Meera"}
    actions.update_record(record=Contact.objects.get(pk=scanned.left_id), values=changed, by=by)
    run_now(start_scan(record_type=contacts, by=by))

    assert not Pair.objects.exists()


def test_one_scan_of_a_type_at_a_time(company: Twin, by: Actor) -> None:
    asha = person("asha@x.example").actor

    jobs = {start_scan(record_type=type_named("contacts"), by=asha).pk for _ in range(2)}

    assert len(jobs) == 1
    with pytest.raises(Denied):
        start_scan(record_type=type_named("contacts"), by=person("r@x.example", "read-only").actor)


def test_the_queue_shows_a_pair_and_takes_not_the_same(owner: Any, company: Twin, scanned: Pair) -> None:
    page = owner.get("/duplicates/?type=contacts")
    done = owner.post(f"/duplicates/{scanned.pk}/dismissal/", headers={"HX-Request": "true"})

    assert (page.status_code, b"98% alike" in page.content, b"same e-mail" in page.content) == (200, True, True)
    assert (done.status_code, done["HX-Redirect"]) == (204, "/duplicates/?type=contacts")
    assert b"No duplicates to look at" in owner.get("/duplicates/?type=contacts").content


def test_a_pair_with_a_record_in_the_bin_is_not_shown(scanned: Pair, by: Actor) -> None:
    actions.delete_record(record=Contact.objects.get(pk=scanned.left_id), by=by)

    assert couples(by, type_named("contacts"), limit=5) == ([], None)


def test_merging_from_the_queue_decides_the_pair(owner: Any, company: Twin, scanned: Pair) -> None:
    ids = f"ids={scanned.left_id}&ids={scanned.right_id}"
    page = owner.get(f"/contacts/merge/?{ids}")
    done = owner.post(f"/contacts/merge/?{ids}&back=/duplicates/", {"keep": str(scanned.left_id)})

    assert (page.status_code, done.status_code, done["Location"]) == (200, 302, "/duplicates/")
    with context.inside(company.place):
        scanned.refresh_from_db()
    assert scanned.state == PairState.MERGED


def test_the_queue_costs_the_same_for_many(owner: Any, company: Twin, scanned: Pair, by: Actor) -> None:
    assert owner.get("/duplicates/").status_code == 200
    one = queries_in(lambda: owner.get("/duplicates/"))
    for number in range(4):
        for _ in range(2):
            make("contacts", first_name="Meera", last_name=f"Iyer {number}", email=f"m{number}@x.example")
    run_now(start_scan(record_type=type_named("contacts"), by=by))

    assert queries_in(lambda: owner.get("/duplicates/")) == one


def test_doors(twins: tuple[Twin, Twin], client: Any, scanned: Pair) -> None:
    own, other = twins[0].with_key(), twins[1].with_key()
    with context.inside(twins[0].place):
        reader = person("r@x.example", "read-only")
    url = f"/api/v1/duplicates/{scanned.pk}/dismissal"

    assert client.get("/duplicates/").status_code == 302
    listed = own.get("/api/v1/duplicates?type=contacts").json()["items"]
    assert [(one["id"], one["score"], one["left"]["name"]) for one in listed] == [(str(scanned.pk), 98, "Asha Rao")]
    assert other.get("/api/v1/duplicates?type=contacts").json()["items"] == []
    assert other.post(url).status_code == 404
    assert twins[0].signed_in(reader.email).post(f"/duplicates/{scanned.pk}/dismissal/").status_code == 403
    assert own.post(url).json()["state"] == "dismissed"
    assert own.delete(url).json()["state"] == "open"
    scan = own.post("/api/v1/duplicates/scan", {"type": "contacts"}, content_type="application/json")
    assert (scan.status_code, scan.json()["kind"]) == (202, "duplicates")
    with context.inside(twins[0].place):
        assert Job.objects.filter(kind="duplicates", state=JobState.QUEUED).count() == 1
