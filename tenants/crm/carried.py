"""What goes along with the CRM's records when a company moves as a whole."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from tenants.crm.actions.pipelines import clear_planted_reasons, make_default, set_card_fields
from tenants.crm.actions.reminders import wake
from tenants.crm.models import DealLine, LostReason, Reminder, SalesSettings, Seat, StageVisit
from tenants.crm.visits import forget_first_visits
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.whole.here import Here
from tenants.records.whole.tables import Table, carried


@carried
class LostReasons(Table):
    model = LostReason
    columns = ("name", "position")
    keys = ("name",)
    is_first = True

    def begin(self, by: Actor) -> None:
        clear_planted_reasons()


@carried
class DealSettings(Table):
    """The one row of how a company sells: its default pipeline, and what cards show."""

    model = SalesSettings
    columns = ("default_pipeline", "card_fields")
    keys = ("card_fields",)

    def key_of(self, row: SalesSettings) -> tuple[Any, ...]:
        """There is one in every company."""
        return ()

    def write_over(self, row: SalesSettings, candidate: SalesSettings, names: Sequence[str], by: Actor) -> None:
        if "default_pipeline" in names:
            make_default(pipeline=candidate.default_pipeline, by=by)
        if "card_fields" in names:
            set_card_fields(names=candidate.card_fields, by=by)


@carried
class Seats(Table):
    """The teams of accounts and deals."""

    model = Seat
    columns = ("record_type", "record_id", "user", "role")
    keys = ("record_id", "record_type", "user")
    parent = "record_id"


@carried
class DealLines(Table):
    """The products of deals. Their sums are worked out anew; the deal brings its own amount."""

    model = DealLine
    columns = ("deal", "position", "name", "quantity", "price", "discount")
    keys = ("deal", "position")
    parent = "deal"

    def fill(self, row: DealLine, here: Here) -> None:
        if row.quantity <= 0 or row.price < 0 or not 0 <= row.discount <= 100:
            raise Invalid({"quantity": [_("More than 0, at a price of 0 or more, less 0 to 100 percent.")]})
        row.total = row.worth

    def write_over(self, row: DealLine, candidate: DealLine, names: Sequence[str], by: Actor) -> None:
        super().write_over(row, candidate, [*names, "total"], by)


@carried
class StageVisits(Table):
    """The way each deal has gone: it takes the place of the one visit that a deal is given when it comes in."""

    model = StageVisit
    columns = ("deal", "stage", "entered_at", "left_at", "entered_by_name")
    parent = "deal"

    def before_new(self, rows: Sequence[StageVisit]) -> None:
        forget_first_visits({row.deal_id for row in rows})


@carried
class Reminders(Table):
    model = Reminder
    columns = ("task", "remind_at", "minutes_before", "sent_at")
    keys = ("task", "remind_at", "minutes_before")
    parent = "task"

    def written(self, rows: Sequence[Reminder], by: Actor) -> None:
        wake([row for row in rows if row.sent_at is None])
