"""Explanation, enforcer and every door say the same of who may see and change what: 10,000 cases (`--thorough`)."""

import pytest
from django.http import QueryDict

from tenants.kernel import context
from tenants.kernel.errors import Denied, DomainError
from tenants.records.actions import update_record
from tenants.records.explaining import explain, explain_fields
from tenants.records.exporting.rows import rows_for
from tenants.records.layouts.boards import board_of
from tenants.records.layouts.listing import Listing
from tenants.records.paging import order_for
from tenants.records.queries import may_touch, rows_matching, visible_to
from tenants.records.registry import type_named
from tenants.records.rows import Reader
from tenants.records.search.finding import find
from tests.factories import Twin
from tests.records.sight.scenes import LIMITS, TYPES, ids, limit, may, scene
from tests.thorough import IS_THOROUGH

SCENES = 46 if IS_THOROUGH else 12
"""x 5 people x 3 types x 5 records x (3 verbs or the type's fields): of 46, 10,350 triples and more."""


@pytest.mark.parametrize("seed", range(SCENES))
def test_the_explanation_equals_the_enforcer(company: Twin, seed: int) -> None:
    made = scene(seed)
    for user in made.users:
        actor = made.actor(user)
        for kind in TYPES:
            record_type = type_named(kind)
            for record in made.records[kind]:
                for verb in ("view", "edit", "delete"):
                    wanted = may(made, user, kind, record, verb)
                    said = explain(actor, record, verb)
                    assert (said.is_allowed, may_touch(actor, verb, record)) == (wanted, wanted), (
                        seed,
                        user,
                        record,
                        verb,
                        said,
                    )
            told = {one.name: one for one in explain_fields(actor, record_type)}
            with context.acting(actor):
                for name in LIMITS[kind]:
                    said = limit(made, user, kind, name)
                    assert told[name].is_seen == (name in record_type.fields) == (said != "hidden"), (seed, user, name)
                    assert (name in record_type.writable) == (said == ""), (seed, user, name)


@pytest.mark.parametrize("seed", range(0, SCENES, 4))
def test_every_door_shows_the_same_rows(company: Twin, seed: int) -> None:
    made = scene(seed)
    for user in made.users:
        actor = made.actor(user)
        for kind in TYPES:
            record_type = type_named(kind)
            wanted = ids(one for one in made.records[kind] if may(made, user, kind, one, "view"))
            with context.acting(actor):
                if not actor.may("view", kind):
                    with pytest.raises(Denied):
                        visible_to(actor, record_type)
                    continue
                ours = ids(made.records[kind])
                order = order_for(record_type, "created_at")
                doors = {
                    "list": ids(Listing(record_type, actor, QueryDict("view=all")).page.items) & ours,
                    "api": ids(Reader.of(record_type).first_page(order, actor).items) & ours,
                    "count": ids(rows_matching(actor, record_type)) & ours,
                    "search": {str(hit.record_id) for hit in find(actor, "quokka", [record_type], limit=50).hits}
                    & ours,
                }
                if actor.may("export", kind):
                    doors["export"] = ids(rows_for(record_type, {}, actor)) & ours
                if kind == "deals":
                    board = board_of(Listing(record_type, actor, QueryDict("view=all")))
                    doors["board"] = {str(card.pk) for column in board.columns for card in column.cards} & ours
                assert doors == dict.fromkeys(doors, wanted), (seed, user, kind)


@pytest.mark.parametrize("seed", range(0, SCENES, 4))
def test_what_may_not_be_changed_is_not(company: Twin, seed: int) -> None:
    made = scene(seed)
    for user in made.users:
        actor = made.actor(user)
        for record in made.records["accounts"]:
            wanted = may(made, user, "accounts", record, "edit")
            with context.acting(actor):
                try:
                    update_record(record=record, values={"external_id": f"x-{record.pk}-{user.pk}"}, by=actor)
                    done = True
                except DomainError:
                    done = False
            assert done == wanted, (seed, user, record)
