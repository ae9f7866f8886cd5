"""Pipelines, stages, lost reasons, the card: rules in actions and in the database."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from tenants.crm import actions
from tenants.crm.models import Deal, LostReason, Pipeline, SalesSettings, Stage
from tenants.crm.queries import default_stage, stages_of
from tenants.identity.actions import add_user
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, Invalid
from tenants.records.actions import create_record, delete_record, update_record
from tenants.records.registry import type_named
from tests.factories import Twin, make


def names(pipeline: Pipeline) -> list[str]:
    return [stage.name for stage in stages_of(pipeline)]


def sales() -> Pipeline:
    return Pipeline.objects.get(name="Sales")


def stage(name: str) -> Stage:
    return Stage.objects.get(name=name, pipeline=sales())


def test_new_pipeline_has_the_nine_stages_and_is_not_default(company: Twin, by: Actor) -> None:
    made = actions.add_pipeline(name="Renewals", by=by)

    assert len(names(made)) == 9
    assert (made.is_default, sales().is_default) == (False, True)


def test_default_moves_and_new_deals_follow(company: Twin, by: Actor) -> None:
    made = actions.add_pipeline(name="Renewals", by=by)

    actions.make_default(pipeline=made, by=by)

    assert list(Pipeline.objects.filter(is_default=True)) == [made]
    assert default_stage().pipeline == made
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: Pipeline.objects.filter(is_default=True).update(is_default=False, default_slot=None),
        lambda: Pipeline.objects.filter(is_default=True).update(is_default=False),
        lambda: Pipeline.objects.filter(is_default=True).update(deleted_at="2026-01-01T00:00Z"),
        lambda: Pipeline.objects.filter(name="Renewals").update(is_default=True, default_slot=1),
        lambda: SalesSettings.objects.create(),
    ],
    ids=["no default", "slot without flag", "default in the bin", "two defaults", "two settings"],
)
def test_database_keeps_exactly_one_default(company: Twin, by: Actor, spoil: Callable[[], object]) -> None:
    actions.add_pipeline(name="Renewals", by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        _commit(spoil)


def _commit(write: Callable[[], object]) -> None:
    """Do it and check what the database would check at the end."""
    write()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_default_pipeline_is_not_deleted(company: Twin, by: Actor) -> None:
    with pytest.raises(Conflict) as refusal:
        delete_record(record=sales(), by=by)
    assert (refusal.value.field, str(refusal.value.fix)) == ("pipeline", "Make another pipeline the default first.")


def test_pipeline_with_deals_goes_when_they_have_a_place(company: Twin, by: Actor) -> None:
    made = actions.add_pipeline(name="Renewals", by=by)
    deal = make("deals", name="Renewal", stage=stages_of(made)[0].pk)
    with pytest.raises(Conflict):
        actions.remove_pipeline(pipeline=made, move_to=None, by=by)

    actions.remove_pipeline(pipeline=made, move_to=stage("Contacted"), by=by)

    assert Deal.objects.get(pk=deal.pk).stage == stage("Contacted")
    assert Pipeline.objects.get(pk=made.pk).deleted_at


def test_stage_in_use_asks_where_its_deals_go(company: Twin, by: Actor) -> None:
    deal = make("deals", name="Rooftop")
    with pytest.raises(Conflict) as refusal:
        delete_record(record=stage("New Lead"), by=by)
    assert "stand" in str(refusal.value.detail)
    with pytest.raises(Invalid) as wrong:
        actions.remove_stage(stage=stage("New Lead"), move_to=stage("New Lead"), by=by)
    assert list(wrong.value.errors) == ["move_to"]

    actions.remove_stage(stage=stage("New Lead"), move_to=stage("Contacted"), by=by)

    assert Deal.objects.get(pk=deal.pk).stage == stage("Contacted")
    assert names(sales())[0] == "Contacted"


def test_pipeline_keeps_a_stage_of_each_kind(company: Twin, by: Actor) -> None:
    for what, act in {
        "stage": lambda: actions.remove_stage(stage=stage("Closed Won"), move_to=stage("Contacted"), by=by),
        "kind": lambda: update_record(record=stage("Closed Lost"), values={"kind": "open"}, by=by),
    }.items():
        with pytest.raises(Invalid) as refusal:
            act()
        assert list(refusal.value.errors) == [what]


def test_stages_are_moved_with_binned_ones_behind(company: Twin, by: Actor) -> None:
    actions.remove_stage(stage=stage("Contacted"), move_to=None, by=by)
    for _turn in range(20):
        actions.move_stage(stage=stage("Nurturing"), position=1, by=by)
        actions.move_stage(stage=stage("Nurturing"), position=8, by=by)
    actions.move_stage(stage=stage("Nurturing"), position=2, by=by)

    assert names(sales())[:3] == ["New Lead", "Nurturing", "Qualified (MQL)"]
    assert sorted(Stage.objects.filter(pipeline=sales()).values_list("position", flat=True)) == list(range(1, 10))


def test_new_stage_makes_room_or_goes_to_the_end(company: Twin, by: Actor) -> None:
    last = create_record(record_type=type_named("stages"), values={"pipeline": sales(), "name": "Archive"}, by=by)
    create_record(record_type=type_named("stages"), values={"pipeline": sales(), "name": "First", "position": 1}, by=by)

    assert last.position == 10
    assert names(sales())[:2] == ["First", "New Lead"]
    assert names(sales())[-1] == "Archive"


def test_lost_reason_in_use_needs_a_successor(company: Twin, by: Actor) -> None:
    price, other = LostReason.objects.all()[:2]
    deal = make("deals", name="Rooftop")
    update_record(record=deal, values={"status": "lost", "lost_reason": price.pk}, by=by)
    with pytest.raises(Conflict):
        actions.remove_reason(reason=price, move_to=None, by=by)

    actions.remove_reason(reason=price, move_to=other, by=by)

    assert Deal.objects.get(pk=deal.pk).lost_reason == other


def test_reasons_and_card_are_for_who_may_change_settings(company: Twin) -> None:
    rep = add_user(email="rep@works.example", name="Rep", role="sales-rep").actor
    with pytest.raises(Denied):
        actions.add_reason(name="Weather", by=rep)
    with pytest.raises(Denied):
        actions.set_card_fields(names=["value"], by=rep)


def test_card_shows_what_was_chosen(twins: tuple[Twin, Twin], owner: Client) -> None:
    twin = twins[0]
    with context.inside(twin.place):
        make("deals", name="Carport", product_interest="Chargers", amount="700")
    answer = owner.post("/settings/deals/", {"fields_shown": ["product_interest", "days_in_stage"]})
    assert answer.status_code == 302

    board = owner.get("/deals/board/").content.decode()

    assert "0 days here · Chargers" in board
    assert '<span class="deal-value">' not in board


@pytest.mark.parametrize("name", ["", "x" * 121, "Price", "a\x00"])
def test_bad_reason_is_refused(company: Twin, by: Actor, name: str) -> None:
    if name == "a\x00":
        assert actions.add_reason(name=name, by=by).name == "a"
        return
    with pytest.raises(Invalid) as refusal:
        actions.add_reason(name=name, by=by)
    assert list(refusal.value.errors) == ["name"]


def test_settings_pages_work(twins: tuple[Twin, Twin], owner: Client) -> None:
    twin = twins[0]
    with context.inside(twin.place):
        first, second = sales().stages.all()[:2]
        deal_stage = default_stage()
    page = owner.get("/settings/pipelines/")
    assert (page.status_code, "Qualified (MQL)" in page.content.decode()) == (200, True)

    assert owner.post("/settings/pipelines/new/", {"name": "Renewals"}).status_code == 302
    assert owner.post("/settings/pipelines/new/", {"name": ""}).status_code == 422
    assert owner.post(f"/settings/stages/{second.pk}/place/?to=1").status_code == 302
    assert owner.post(f"/settings/stages/{second.pk}/place/?to=x").status_code == 422
    assert (
        owner.post(f"/settings/stages/{first.pk}/", {"name": "Fresh", "kind": "open", "probability": 5}).status_code
        == 302
    )
    asked = owner.get(f"/settings/stages/{deal_stage.pk}/remove/", headers={"HX-Request": "true"}).content.decode()
    assert 'name="move_to"' in asked
    assert owner.post(f"/settings/stages/{deal_stage.pk}/remove/", {}).status_code == 422
    assert owner.post(f"/settings/stages/{deal_stage.pk}/remove/", {"move_to": str(second.pk)}).status_code == 302
    with context.inside(twin.place):
        assert Pipeline.objects.filter(name="Renewals").count() == 1
        assert Deal.objects.get(pk=twin.deal_id).stage_id == second.pk


@pytest.mark.parametrize("path", ["/settings/pipelines/", "/settings/deals/", "/settings/pipelines/new/"])
def test_settings_are_for_managers_of_settings(twins: tuple[Twin, Twin], client: Client, path: str) -> None:
    with context.inside(twins[0].place):
        add_user(email="rep@works.example", name="Rep", role="sales-rep")
    assert twins[0].signed_in("rep@works.example").get(path).status_code == 403
    assert client.get(path).status_code in (302, 403)
