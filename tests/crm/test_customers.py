"""Accounts and contacts: hierarchy, org chart, teams, products, health, figures."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tenants.crm import actions, figures
from tenants.crm.health import Facts, rescore, rescore_all, risk, score
from tenants.crm.hierarchy import org_chart
from tenants.crm.models import Account, Contact, Deal, Pipeline, Stage
from tenants.crm.receivers import follow_names, stand_differently
from tenants.identity.actions import add_user
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.clock import standing_at
from tenants.kernel.errors import Invalid
from tenants.records.actions import update_record
from tenants.records.models import Change, Event
from tests.factories import Twin, make
from tests.records.counting import queries_in

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_circle_of_accounts_is_refused(company: Twin, by: Actor) -> None:
    top = make("accounts", name="Top")
    middle = make("accounts", name="Middle", parent=top.pk)
    below = make("accounts", name="Below", parent=middle.pk)

    with pytest.raises(Invalid) as refusal:
        update_record(record=top, values={"parent": below.pk}, by=by)

    assert refusal.value.errors == {
        "parent": ["Below stands below Top: this would be a circle. Choose another one, or free it first."]
    }
    assert Account.objects.get(pk=top.pk).parent is None


@pytest.mark.parametrize(("name", "field"), [("accounts", "parent"), ("contacts", "reports_to")])
def test_nobody_stands_above_themselves(twins: tuple[Twin, Twin], name: str, field: str) -> None:
    record_id = {"accounts": twins[0].account_id, "contacts": twins[0].contact_id}[name]

    answer = (
        twins[0]
        .with_key()
        .patch(f"/api/v1/{name}/{record_id}", {field: str(record_id)}, content_type="application/json")
    )

    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_org_chart_is_a_tree(company: Twin) -> None:
    boss = make("contacts", first_name="Boss", decision_role="decision_maker", influence=90)
    left, right = (make("contacts", first_name=name, reports_to=boss.pk) for name in ("Left", "Right"))
    far = make("contacts", first_name="Far", reports_to=right.pk)
    loose = make("contacts", first_name="Loose")

    tops = org_chart([loose, far, right, left, boss])

    assert [node.contact for node in tops] == [boss, loose]
    assert [node.contact for node in tops[0].below] == [right, left]
    assert [node.contact for node in tops[0].below[0].below] == [far]


def test_org_chart_page_and_api(twins: tuple[Twin, Twin], owner: Client) -> None:
    twin = twins[0]
    path = f"/accounts/{twin.account_id}/org-chart/"
    one = queries_in(lambda: owner.get(path))
    with context.inside(twin.place):
        for number in range(3):
            make("contacts", first_name=f"P{number}", account=twin.account_id, reports_to=twin.contact_id)

    page = owner.get(path)
    api = twin.with_key().get(f"/api/v1/accounts/{twin.account_id}/org-chart").json()["items"]

    assert "P2" in page.content.decode()
    assert queries_in(lambda: owner.get(path)) <= one
    assert ([len(top["reports"]) for top in api], api[0]["id"]) == ([3], str(twin.contact_id))
    assert twins[1].signed_in().get(path).status_code == 404


def test_team_is_set_whole_and_told(twins: tuple[Twin, Twin]) -> None:
    twin, client = twins[0], twins[0].with_key()
    with context.inside(twin.place):
        rep = add_user(email="rep@works.example", name="Rep", role="sales-rep")
    path = f"/api/v1/deals/{twin.deal_id}/team"
    body = {"team": [{"user_id": str(rep.pk), "role": "presales"}]}

    answer = client.put(path, body, content_type="application/json")

    assert answer.json() == {"items": [{"user": {"id": str(rep.pk), "name": "Rep"}, "role": "presales"}]}
    assert client.get(path).json() == answer.json()
    with context.inside(twin.place):
        assert Change.objects.get(record_id=twin.deal_id, action="team").changes == {"team": ["", "Rep (Presales)"]}
    for team in ([{"user_id": str(twin.deal_id)}], body["team"] * 2, [{"user_id": str(rep.pk), "role": "odd"}]):
        assert client.put(path, {"team": team}, content_type="application/json").status_code == 422


def test_team_dialog(twins: tuple[Twin, Twin], owner: Client) -> None:
    twin = twins[0]
    path = f"/accounts/{twin.account_id}/team/"
    user = twin.owner()
    assert owner.get(path, headers={"HX-Request": "true"}).status_code == 200

    assert owner.post(path, {"user": [str(user.pk), ""], "role": ["lead", "sales"]}).status_code == 302
    assert owner.post(path, {"user": ["x"], "role": ["lead"]}).status_code == 422
    assert "Lead" in owner.get(f"/accounts/{twin.account_id}/beside/").content.decode()


def test_products_make_the_amount(company: Twin, by: Actor) -> None:
    deal = Deal.objects.get(pk=company.deal_id)
    rows = [
        {"name": "Panel", "quantity": "10", "price": "99.50"},
        {"name": "Work", "price": "1000", "discount": "12.5"},
    ]

    lines = actions.set_lines(deal=deal, rows=rows, by=by)

    assert [line.total for line in lines] == [Decimal("995.0000"), Decimal("875.0000")]
    assert Deal.objects.get(pk=deal.pk).amount == Decimal("1870")
    with pytest.raises(Invalid) as refusal:
        update_record(record=deal, values={"amount": "5"}, by=by)
    assert list(refusal.value.errors) == ["amount"]
    actions.set_lines(deal=deal, rows=[], by=by)
    assert update_record(record=deal, values={"amount": "5"}, by=by).amount == 5


@pytest.mark.parametrize(
    ("row", "field"),
    [({"name": ""}, "name"), ({"name": "A", "quantity": "0"}, "quantity"), ({"name": "A", "quantity": "x"}, "quantity"),
     ({"name": "A", "price": "-1"}, "price"), ({"name": "A", "discount": "101"}, "discount"),
     ({"name": "x" * 201}, "name"),
     ({"name": "A", "price": "1" + "0" * 20}, "price"), ({"name": "A", "quantity": "NaN"}, "quantity")],
)  # fmt: skip
def test_bad_product_names_its_place(company: Twin, by: Actor, row: dict[str, str], field: str) -> None:
    deal = Deal.objects.get(pk=company.deal_id)
    with pytest.raises(Invalid) as refusal:
        actions.set_lines(deal=deal, rows=[{"name": "Fine"}, row], by=by)
    assert list(refusal.value.errors) == [f"lines[1].{field}"]
    assert deal.lines.count() == 0


def test_products_dialog_keeps_what_was_typed(twins: tuple[Twin, Twin], owner: Client) -> None:
    path = f"/deals/{twins[0].deal_id}/products/"
    sent = {"name": ["Panel", ""], "quantity": ["2", ""], "price": ["lots", ""], "discount": ["", ""]}
    assert owner.get(path, headers={"HX-Request": "true"}).status_code == 200

    refused = owner.post(path, sent)
    saved = owner.post(path, sent | {"price": ["50", ""]})

    assert (refused.status_code, 'value="lots"' in refused.content.decode()) == (422, True)
    assert saved.status_code == 302
    assert "Panel" in owner.get(f"/deals/{twins[0].deal_id}/beside/").content.decode()


@pytest.mark.parametrize(
    ("body", "status"),
    [({"lines": [{"name": "A", "quantity": "1e400"}]}, 422), ({"lines": [{"name": "A", "price": "NaN"}]}, 422),
     ({"lines": [{}]}, 422), ({"lines": [{"name": "A", "price": "1.23456789"}]}, 200), ({"lines": []}, 200)],
)  # fmt: skip
def test_products_api_takes_and_refuses(twins: tuple[Twin, Twin], body: Any, status: int) -> None:
    path = f"/api/v1/deals/{twins[0].deal_id}/lines"
    assert twins[0].with_key().put(path, body, content_type="application/json").status_code == status


def test_closing_and_reopening_by_api_and_page(twins: tuple[Twin, Twin], owner: Client) -> None:
    client, path = twins[0].with_key(), f"/api/v1/deals/{twins[0].deal_id}/closure"

    closed = client.post(path, {"status": "abandoned"}, content_type="application/json").json()
    opened = client.delete(path).json()
    refused = client.post(
        path, {"status": "lost", "lost_reason_id": str(twins[0].deal_id)}, content_type="application/json"
    )

    assert (closed["status"], closed["stage"]["name"]) == ("abandoned", "Closed Lost")
    assert (opened["status"], opened["stage"]["name"], opened["closed_on"]) == ("open", "New Lead", None)
    assert (refused.status_code, refused.json()["field"]) == (422, "lost_reason_id")
    assert owner.get(f"/deals/{twins[0].deal_id}/close/").status_code == 200
    assert owner.post(f"/deals/{twins[0].deal_id}/close/", {"status": "lost", "lost_note": "Late"}).status_code == 302
    assert owner.post(f"/deals/{twins[0].deal_id}/close/", {"status": "odd"}).status_code == 422
    assert owner.post(f"/deals/{twins[0].deal_id}/reopen/").status_code == 204
    history = client.get(f"/api/v1/deals/{twins[0].deal_id}/stage-history").json()["items"]
    assert [one["stage"]["name"] for one in history] == [
        "New Lead",
        "Closed Lost",
        "New Lead",
        "Closed Lost",
        "New Lead",
    ]


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        (Facts(), 40),
        (Facts(touched_at=NOON - timedelta(days=14)), 70),
        (Facts(touched_at=NOON - timedelta(days=45), open_deals=3), 70),
        (Facts(touched_at=NOON - timedelta(days=90), is_customer=True), 55),
        (Facts(touched_at=NOON - timedelta(days=91), is_customer=True, won_lately=1), 50),
        (Facts(touched_at=NOON, is_customer=True, won_lately=2, open_deals=1), 100),
        (Facts(lost_lately=5, overdue=9), 5),
    ],
)
def test_health_rule(facts: Facts, points: int) -> None:
    assert score(facts, NOON) == points


def test_risk_by_health() -> None:
    assert [risk(points).value for points in (100, 60, 59, 35, 34, 0)] == [
        "low",
        "low",
        "medium",
        "medium",
        "high",
        "high",
    ]


def test_customers_are_scored_from_what_happened(company: Twin, by: Actor) -> None:
    won = make("deals", name="Won", account=company.account_id, contact=company.contact_id, amount="500", status="won")
    make("deals", name="Dollars", account=company.account_id, amount="700", currency="USD", status="won")
    make("tasks", name="Late", due_at=NOON, about_type="contacts", about_id=company.contact_id)

    rescore(Account, [company.account_id])

    account = Account.objects.get(pk=company.account_id)
    assert (won.status, won.stage.name) == ("won", "Closed Won")
    assert (account.health_score, account.churn_risk, account.customer_value) == (95, "low", 500)
    assert rescore(Account, [company.account_id]) == 0


def test_rescoring_costs_the_same_for_few_and_many(company: Twin) -> None:
    rescore_all()
    one = queries_in(rescore_all)
    for number in range(3):
        make("deals", name=f"D{number}", account=company.account_id, contact=company.contact_id)
    rescore_all()

    assert queries_in(rescore_all) == one


def test_events_rescore_and_rename(company: Twin, by: Actor) -> None:
    make("tasks", name="Call", about_type="contacts", about_id=company.contact_id)
    update_record(record=Contact.objects.get(pk=company.contact_id), values={"first_name": "Priya"}, by=by)
    for event in Event.objects.all():
        stand_differently([event])
        follow_names(event)

    from tenants.crm.models import Task

    assert Task.objects.get(name="Call").about_name == "Priya Nair"
    assert Contact.objects.get(pk=company.contact_id).health_score is not None
    assert Change.objects.filter(record_id=company.contact_id).count() == 2


def test_figures_keep_currencies_apart(company: Twin, by: Actor) -> None:
    Deal.objects.all().delete()
    with standing_at(datetime.now(UTC) - timedelta(days=20)):
        won = make("deals", name="Won", amount="900")
        lost = make("deals", name="Lost", amount="50")
        make("deals", name="Open", amount="1000", probability=40)
        make("deals", name="Dollars", amount="70", currency="USD")
    with standing_at(datetime.now(UTC) - timedelta(days=10)):
        update_record(record=won, values={"stage": Stage.objects.get(name="Negotiation").pk}, by=by)
    for deal, status in ((won, "won"), (lost, "abandoned")):
        update_record(record=deal, values={"status": status}, by=by)

    found = figures.pipeline_figures(actor=by, pipeline=Pipeline.objects.get())

    assert (found.open_count, found.won_count, found.lost_count, found.abandoned_count) == (2, 1, 0, 1)
    assert (found.win_rate, found.average_cycle_days) == (Decimal("50.0"), Decimal("20.0"))
    assert [
        (one.currency, one.open_total, one.open_weighted, one.won_total, one.won_average) for one in found.sums
    ] == [
        ("INR", Decimal("1000.00"), Decimal("400.00"), Decimal("900.00"), Decimal("900.00")),
        ("USD", Decimal("70.00"), Decimal("7.00"), Decimal("0.00"), Decimal("0.00")),
    ]
    # One open deal, half of them won, 900 each, in 20 days.
    assert found.sums[0].velocity_a_day == Decimal("22.50")
    by_name = {one.stage.name: one for one in found.stages}
    first, negotiation = by_name["New Lead"], by_name["Negotiation"]
    assert (first.open_count, first.entered, first.left, first.advanced, first.conversion) == (
        2,
        4,
        2,
        1,
        Decimal("50.0"),
    )
    assert (negotiation.conversion, negotiation.average_days) == (Decimal("100.0"), Decimal("10.0"))
    assert found.bottleneck is first


def test_sources_tell_what_came_of_them(company: Twin, by: Actor) -> None:
    make("leads", first_name="A", source="event")
    make("deals", name="Won", source="event", amount="10", status="won")
    make("deals", name="Lost", source="event", amount="10", status="lost")

    found = figures.source_figures(actor=by)

    event = next(one for one in found if one.source == "event")
    assert (event.leads, event.deals, event.won, event.lost, event.win_rate) == (1, 2, 1, 1, Decimal("50.0"))
    assert event.won_sums == {"INR": Decimal("10.00")}


def test_figures_page_and_api(twins: tuple[Twin, Twin], owner: Client) -> None:
    twin, client = twins[0], twins[0].with_key()
    with context.inside(twin.place):
        pipeline = Pipeline.objects.get()
    one = queries_in(lambda: owner.get("/pipeline-figures/"))
    with context.inside(twin.place):
        for number in range(3):
            make("deals", name=f"D{number}", status="won", currency="USD", source="event")

    page = owner.get("/pipeline-figures/?days=90")
    api = client.get(f"/api/v1/pipelines/{pipeline.pk}/figures?days=90").json()

    assert page.status_code == 200
    assert "In other currencies" in page.content.decode()
    assert queries_in(lambda: owner.get("/pipeline-figures/")) <= one + 1
    assert (api["won_count"], [one["currency"] for one in api["sums"]]) == (3, ["INR", "USD"])
    assert client.get(f"/api/v1/pipelines/{pipeline.pk}/figures?days=0").status_code == 422
    assert client.get("/api/v1/source-figures").json()["items"][0]["source"] == "event"
    assert owner.get("/pipeline-figures/?pipeline=x").status_code == 404


@pytest.mark.parametrize(
    "name", ["leads", "contacts", "accounts", "deals", "tasks", "activities", "pipelines", "stages"]
)
def test_every_type_has_list_form_and_api(twins: tuple[Twin, Twin], owner: Client, name: str) -> None:
    assert owner.get(f"/{name}/", follow=True).status_code == 200
    assert owner.get(f"/{name}/new/").status_code == 200
    assert twins[0].with_key().get(f"/api/v1/{name}").status_code == 200


def test_contact_page_offers_what_can_be_done(twins: tuple[Twin, Twin], owner: Client) -> None:
    page = owner.get(f"/contacts/{twins[0].contact_id}/").content.decode()

    assert "mailto:priya@customer.example" in page
    for label in ("Call", "E-mail", "Meeting", "Task", "Note", "Quote", "Deal", "Log", "WhatsApp", "Document"):
        assert f"<span>{label}</span>" in page


def test_many_events_of_one_account_rescore_it_once(company: Twin) -> None:
    """An import of its deals is hundreds of events in one batch."""
    for number in range(3):
        make("deals", name=f"Roof {number}", account=str(company.account_id))
    events = list(Event.objects.filter(name="deal.created"))

    assert len(events) >= 3
    few = queries_in(lambda: stand_differently(events[:1]))
    reads = 2 * (len(events) - 1)  # each record and what it is about are looked up
    assert queries_in(lambda: stand_differently(events)) <= few + reads
