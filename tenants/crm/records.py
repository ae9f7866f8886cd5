"""The record types of the CRM."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tenants.crm import cards, rules, sections
from tenants.crm.actions.pipelines import (
    check_stages_left,
    clear_planted_stages,
    make_room,
    plant_stages,
    refuse_pipeline_in_use,
    refuse_stage_in_use,
)
from tenants.crm.actions.recurrence import make_next, prepare_series
from tenants.crm.actions.reminders import move_reminders
from tenants.crm.bulk import ConvertLeads
from tenants.crm.enums import CLOSED_DEALS, TaskStatus
from tenants.crm.hierarchy import refuse_circle
from tenants.crm.models import Account, Activity, Contact, Deal, Lead, Pipeline, Stage, Task
from tenants.crm.queries import default_stage
from tenants.crm.sections import STANDING, WHEN
from tenants.crm.visits import note_first_visit, note_visit
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid, NotFound
from tenants.records.events import emit
from tenants.records.locale import company_currency, due_text
from tenants.records.queries import record_for
from tenants.records.registry import Board, RecordType, record_type, type_named

TEAM = {"team": ("users", _("changed the team"))}


def names_of(text: str) -> dict[str, str]:
    """First and last name of a person written in one go: the last word is the family's."""
    words = text.split()
    last = {"last_name": words[-1]} if len(words) > 1 else {}
    return {"first_name": " ".join(words[:-1] if last else words)} | last


@record_type
class Contacts(RecordType):
    model = Contact
    icon = "users"
    has_face = True
    subtitle = "job_title"
    columns = ("name", "account", "job_title", "email", "phone", "owner", "created_at")
    form = (
        "first_name", "last_name", "account", "job_title", "email", "phone", "city", "lifecycle", "source",
        "reports_to", "decision_role", "influence", "birthday", "do_not_call", "do_not_email",
        "linkedin", "twitter", "facebook", "instagram",
    )  # fmt: skip
    extra = (*STANDING, *WHEN)
    search = ("name", "email", "phone", "account.name")
    sections = sections.CONTACT
    singly = ("reports_to",)

    def named(self, text: str) -> dict[str, Any]:
        return names_of(text)

    def before_save(self, record: Contact, changed: Iterable[str], by: Actor) -> None:
        if "reports_to" in changed:
            refuse_circle(record, "reports_to")


@record_type
class Accounts(RecordType):
    model = Account
    icon = "building"
    subtitle = "industry"
    has_face = True
    is_square = True
    columns = ("name", "industry", "city", "phone", "employees", "owner", "created_at")
    form = (
        "name", "industry", "parent", "website", "phone", "email", "employees", "is_key_account", "lifecycle", "tax_id",
        "address", "city", "region", "postal_code", "country", "linkedin", "description",
    )  # fmt: skip
    extra = (*STANDING, *WHEN)
    search = ("name", "city", "industry", "tax_id")
    sort = "name"
    sections = sections.ACCOUNT
    history = TEAM
    singly = ("parent",)

    def before_save(self, record: Account, changed: Iterable[str], by: Actor) -> None:
        if "parent" in changed:
            refuse_circle(record, "parent")


@record_type
class Leads(RecordType):
    model = Lead
    icon = "user-plus"
    has_face = True
    subtitle = "company_name"
    columns = ("name", "company_name", "status", "temperature", "score", "source", "owner", "created_at")
    form = (
        "first_name", "last_name", "company_name", "job_title", "email", "phone", "city", "website", "status",
        "temperature", "lifecycle", "source", "campaign", "product_interest", "amount", "currency",
        "has_need", "has_budget", "has_authority", "has_timeline", "unqualified_reason",
    )  # fmt: skip
    extra = ("score", "converted_at", "account", "contact", "deal", *WHEN)
    search = ("name", "company_name", "email", "phone")
    sections = sections.LEAD
    quiet = ("score",)
    board = Board(by="status", sums="amount")
    history = {"converted": ("arrow-right-circle", _("converted this lead"))}
    card_template = "crm/lead_card.html"
    bulk = (ConvertLeads(),)

    def initial(self, actor: Actor) -> dict[str, Any]:
        return super().initial(actor) | {"currency": company_currency()}

    def named(self, text: str) -> dict[str, Any]:
        return names_of(text)

    def before_save(self, record: Lead, changed: Iterable[str], by: Actor) -> None:
        rules.follow_lead(record, set(changed))

    def decorate(self, rows: list[Any]) -> None:
        cards.decorate_leads(rows)


@record_type
class Deals(RecordType):
    model = Deal
    icon = "briefcase"
    subtitle = "account"
    columns = ("name", "account", "stage", "amount", "probability", "expected_close_on", "owner", "created_at")
    form = (
        "name", "account", "contact", "stage", "amount", "currency", "probability", "temperature", "expected_close_on",
        "source", "campaign", "product_interest", "competitors", "competitive_advantages", "lost_reason", "lost_note",
    )  # fmt: skip
    extra = ("status", "closed_on", "stage_changed_at", "touched_at", *WHEN)
    search = ("name", "account.name", "contact.name")
    sections = sections.DEAL
    quiet = ("stage_changed_at", "touched_at", "closed_on", "status", "probability")
    board = Board(by="stage", sums="amount", of="pipeline")
    history = TEAM | {"products": ("shopping-cart", _("changed the products"))}

    @property
    def writable(self) -> tuple[str, ...]:
        """The status too, which forms do not ask: it goes with the stage."""
        return (*super().writable, "status")

    def initial(self, actor: Actor) -> dict[str, Any]:
        return super().initial(actor) | {"stage": default_stage().pk, "currency": company_currency()}

    def before_save(self, record: Deal, changed: Iterable[str], by: Actor) -> None:
        rules.follow_stage(record, set(changed))
        if "amount" in changed and not record._state.adding:
            _keep_sum(record)

    def saved(self, record: Deal, changes: Mapping[str, Any], by: Actor) -> None:
        """Sends `deal.won`, `deal.lost`, `deal.abandoned` when the status becomes that."""
        if "stage" in changes:
            note_visit(record, by)
        is_closing = "status" in changes or (record.version == 1 and record.status in CLOSED_DEALS)
        if is_closing and record.status in CLOSED_DEALS:
            emit(f"deal.{record.status}", record, amount=str(record.amount), currency=record.currency)

    def brought(self, record: Deal, by: Actor) -> None:
        note_first_visit(record, by)

    def decorate(self, rows: list[Any]) -> None:
        cards.decorate_deals(rows)

    def card(self, record: Deal) -> SafeString:
        return cards.deal_card(record)


def _keep_sum(deal: Deal) -> None:
    """A deal with products is worth their sum. Raises Invalid."""
    totals = [line.total for line in deal.lines.all()]
    if totals and sum(totals) != deal.amount:
        words = _("This deal has products; its amount is their sum. Change the products instead.")
        raise Invalid({"amount": [str(words)]})


@record_type
class Pipelines(RecordType):
    model = Pipeline
    is_common = True
    icon = "filter"
    columns = ("name", "is_default", "position", "created_at")
    form = ("name", "position")
    search = ("name",)
    sort = "position"
    natural = ("name",)
    singly = ("name",)
    set_apart = ("is_default",)

    def saved(self, record: Pipeline, changes: Mapping[str, Any], by: Actor) -> None:
        """A new one starts with the default stages: a board without columns helps nobody."""
        if record.version == 1:
            plant_stages(record)

    def before_move(self, record: Pipeline, action: str, by: Actor) -> None:
        if action == "deleted":
            refuse_pipeline_in_use(record)


@record_type
class Stages(RecordType):
    model = Stage
    is_common = True
    icon = "arrows-right"
    columns = ("name", "pipeline", "position", "probability", "kind", "rot_days")
    form = ("name", "pipeline", "position", "probability", "kind", "rot_days")
    search = ("name",)
    sort = "position"
    natural = ("pipeline", "name")
    singly = ("pipeline", "position", "kind")

    def begin(self, by: Actor) -> None:
        clear_planted_stages()

    def before_save(self, record: Stage, changed: Iterable[str], by: Actor) -> None:
        is_new = record._state.adding
        if not is_new and {"kind", "pipeline"} & set(changed):
            check_stages_left(record, what="kind" if "kind" in changed else "pipeline")
        if not is_new and "kind" in changed:
            refuse_stage_in_use(record)
        if is_new or {"position", "pipeline"} & set(changed):
            make_room(record)

    def before_move(self, record: Stage, action: str, by: Actor) -> None:
        if action == "deleted":
            check_stages_left(record, what="stage")
            refuse_stage_in_use(record)


@record_type
class Tasks(RecordType):
    model = Task
    icon = "checkbox"
    subtitle = "about_name"
    columns = ("name", "due_at", "priority", "status", "category", "about_name", "owner")
    form = ("name", "due_at", "priority", "status", "category", "repeats", "description", "about_type", "about_id")
    extra = ("created_by", "completed_at", *WHEN)
    sections = sections.TASK
    hidden = ("about_type", "about_id")
    search = ("name", "about_name")
    quiet = ("about_name", "completed_at")
    sort = "due_at"
    board = Board(by="status")
    kept = ("created_by", "series", "series_at")
    card_template = "crm/task_card.html"
    history = {"reminders": ("bell", _("changed the reminders"))}

    def before_save(self, record: Task, changed: Iterable[str], by: Actor) -> None:
        rules.note_completion(record, set(changed))
        prepare_series(record, set(changed))
        name_subject(record, changed, by)

    def saved(self, record: Task, changes: Mapping[str, Any], by: Actor) -> None:
        """Sends `task.completed`; a task that repeats makes the next one."""
        if "due_at" in changes and record.version > 1:
            move_reminders(task=record)
        if "status" in changes and record.status == TaskStatus.COMPLETED:
            emit("task.completed", record)
            make_next(task=record, by=by)

    def decorate(self, rows: list[Any]) -> None:
        for row in rows:
            row.urgency = rules.urgency(row)
            row.due_text = due_text(row.due_at)


@record_type
class Activities(RecordType):
    model = Activity
    title = "subject"
    icon = "activity"
    subtitle = "about_name"
    columns = ("subject", "type", "about_name", "occurred_at", "duration_minutes", "outcome", "owner")
    form = (
        "type", "subject", "occurred_at", "duration_minutes", "outcome", "participants", "description",
        "about_type", "about_id",
    )  # fmt: skip
    hidden = ("about_type", "about_id")
    quiet = ("about_name",)
    search = ("subject", "about_name")
    sort = "-occurred_at"

    def before_save(self, record: Activity, changed: Iterable[str], by: Actor) -> None:
        name_subject(record, changed, by)

    def saved(self, record: Activity, changes: Mapping[str, Any], by: Actor) -> None:
        """What happens about a deal keeps it from rotting."""
        if record.about_type == "deals" and record.about_id:
            Deal.objects.filter(pk=record.about_id, touched_at__lt=record.occurred_at).update(
                touched_at=record.occurred_at
            )


def name_subject(record: Task | Activity, changed: Iterable[str], by: Actor) -> None:
    """Note the name of what a task or activity is about. Raises Invalid for what the actor cannot see."""
    if not {"about_type", "about_id"} & set(changed):
        return
    if not record.about_type or not record.about_id:
        record.about_type, record.about_id, record.about_name = "", None, ""
        return
    try:
        found = record_for(by, type_named(record.about_type), record.about_id)
    except NotFound as error:
        raise Invalid(
            {"about_id": [str(_("There is no such record. Give its type, like contacts, and its id."))]}
        ) from error
    record.about_name = str(found)[:161]
