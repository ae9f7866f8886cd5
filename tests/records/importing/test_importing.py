"""What a file becomes: created, changed, skipped and refused rows, counted before and after."""

from typing import Any

import pytest

from tenants.crm.models import Account, Contact
from tenants.records.importing.formats.encodings import encoding_of
from tenants.records.models import Change, Event, SearchEntry
from tests.factories import Twin, make
from tests.records.importing.helpers import counts, faults, imported, previewed, targets, uploaded

PEOPLE = (
    "First name,Last name,E-mail,Mobile,Company,Town,Owner\n"
    "Asha,Rao,asha@people.example,098200 11842,{account},Pune,\n"
    "Ravi,Iyer,ravi@people.example,,,Mumbai,nobody@people.example\n"
    "Meera,Nair,not an address,12,,Delhi,\n"
)


def test_columns_are_guessed_from_names_and_values(company: Twin) -> None:
    draft = uploaded("Given name;Surname;Contact;Where\nAsha;Rao;asha@people.example;+919820011842\n")

    assert targets(draft) == {"Given name": "first_name", "Surname": "last_name", "Contact": "email", "Where": "phone"}
    assert draft.result["details"] == {"encoding": "utf-8", "delimiter": "semicolon"}
    assert Contact.objects.filter(email="asha@people.example").count() == 0


def test_preview_counts_and_writes_nothing(company: Twin) -> None:
    before = Contact.objects.count(), Change.objects.count(), Event.objects.count()

    draft = previewed(PEOPLE.format(account=f"{company.sentinel} traders"))

    assert draft.state == "done", draft.error
    assert draft.result["counts"] == [
        {"type": "contacts", "label": "Contacts", "rows": 3, "created": 1, "failed": 2, "related": 0}
    ]
    assert (Contact.objects.count(), Change.objects.count(), Event.objects.count()) == before


def test_import_writes_rows_history_events_and_search(company: Twin) -> None:
    job = imported(PEOPLE.format(account=f"{company.sentinel} traders"))

    asha = Contact.objects.get(email="asha@people.example")
    assert (asha.name, asha.phone, asha.city, asha.account_id) == (
        "Asha Rao",
        "+919820011842",
        "Pune",
        company.account_id,
    )
    assert counts(job) == {"created": 1, "failed": 2}
    change = Change.objects.get(record_id=asha.pk)
    assert (change.action, change.job_id, change.source) == ("created", job.pk, "job")
    assert change.changes["email"] == [None, "asha@people.example"]
    assert Event.objects.get(record_id=asha.pk).name == "contact.created"
    assert SearchEntry.objects.filter(record_id=asha.pk).count() == 1


def test_faults_name_row_column_value_and_fix(company: Twin) -> None:
    job = imported(PEOPLE.format(account=""))

    assert faults(job) == [
        (
            3, "Owner", "nobody@people.example", "Nobody in the team is called “nobody@people.example”.",
            "Write the e-mail address of a colleague.",
        ),
        (
            4, "E-mail", "not an address", "This is no e-mail address.",
            "Write an e-mail address, like name@example.com.",
        ),
        (
            4, "Mobile", "12", "This is no phone number.",
            "This number is too short or too long for its country.",
        ),
    ]  # fmt: skip


def test_known_people_are_changed_and_repeats_skipped(company: Twin) -> None:
    text = (
        "First name,Email,City\nPriya,priya@customer.example,Goa\nAsha,asha@people.example,Pune\n"
        "Asha,ASHA@people.example,Delhi\nPriya,priya@customer.example,Goa\n"
    )
    job = imported(text)

    assert counts(job) == {"created": 1, "updated": 1, "duplicates": 2}
    assert Contact.objects.get(pk=company.contact_id).city == "Goa"
    assert Contact.objects.get(email="asha@people.example").city == "Pune"
    again = imported(text)
    assert counts(again) == {"unchanged": 2, "duplicates": 2}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"mode": "create"}, {"created": 1, "duplicates": 2}),
        ({"mode": "update"}, {"updated": 1, "absent": 1, "duplicates": 1}),
        ({"repeats": "update"}, {"created": 1, "updated": 2}),
    ],
)
def test_modes_decide_what_is_written(company: Twin, changes: Any, expected: Any) -> None:
    text = (
        "First name,Email,City\nPriya,priya@customer.example,Goa\nAsha,asha@people.example,Pune\n"
        "Asha,asha@people.example,Delhi\n"
    )
    draft = previewed(text, **changes)
    seen = {name: value for name, value in draft.result["counts"][0].items() if name in expected}
    assert seen == expected

    assert counts(imported(text, **changes)) == expected


def test_missing_companies_are_made_once(company: Twin) -> None:
    text = "First name,Email,Company\nA,a@p.example,New Solar\nB,b@p.example,new solar\nC,c@p.example,Old Wind\n"

    assert previewed(text, creates=True).result["counts"][0]["related"] == 2
    job = imported(text, creates=True)

    assert counts(job) == {"created": 3}
    assert Account.objects.filter(name__in=["New Solar", "new solar", "Old Wind"]).count() == 2


def test_names_that_several_have_are_refused(company: Twin) -> None:
    make("accounts", name="Twin Traders")
    make("accounts", name="Twin Traders")

    job = imported("First name,Email,Company\nA,a@p.example,Twin Traders\n")

    assert counts(job) == {"failed": 1}
    assert faults(job)[0][1:4] == ("Company", "Twin Traders", "Several are called “Twin Traders”.")


def test_a_parent_may_stand_further_down(company: Twin) -> None:
    job = imported("Name,Parent account\nBranch One,Head Office\nHead Office,\n", type_name="accounts")

    assert counts(job) == {"created": 2}
    assert Account.objects.get(name="Branch One").parent == Account.objects.get(name="Head Office")


def test_local_numbers_and_dates_are_read(company: Twin) -> None:
    text = "Deal name;Amount;Close date;Account\nRoof;1.234,50 €;31.12.2026;\nWall;99,90 €;01.02.2027;\n"
    job = imported(text, type_name="deals")

    from tenants.crm.models import Deal

    found = Deal.objects.filter(name__in=["Roof", "Wall"]).order_by("name").values_list("amount", "expected_close_on")
    assert counts(job) == {"created": 2}, faults(job)
    assert [(str(amount), str(day)) for amount, day in found] == [
        ("1234.5000", "2026-12-31"),
        ("99.9000", "2027-02-01"),
    ]


def test_full_names_are_split_and_tags_added(company: Twin) -> None:
    job = imported('Name,Email,Tags\n"Rao, Asha",asha@p.example,"vip, north"\n', tags=("fair",))

    asha = Contact.objects.get(email="asha@p.example")
    assert counts(job) == {"created": 1}
    assert (asha.first_name, asha.last_name, asha.tags) == ("Asha", "Rao", ["vip", "north", "fair"])


def test_encoding_is_the_marked_one(company: Twin) -> None:
    import io

    assert encoding_of(io.BytesIO("é".encode("utf-16"))) == "utf-16"
