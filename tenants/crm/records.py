"""The record types of the CRM."""

from collections.abc import Iterable, Mapping
from typing import Any

from tenants.crm import rules
from tenants.crm.enums import DealStatus
from tenants.crm.models import Account, Contact, Deal, Pipeline, Stage, Task
from tenants.crm.queries import default_stage, next_tasks
from tenants.kernel.actors import Actor
from tenants.records.events import emit
from tenants.records.locale import company_currency, due_text, money
from tenants.records.registry import Board, RecordType, record_type


@record_type
class Contacts(RecordType):
    model = Contact
    icon = "users"
    has_face = True
    subtitle = "job_title"
    columns = ("name", "account", "job_title", "email", "phone", "owner", "created_at")
    form = ("first_name", "last_name", "account", "job_title", "email", "phone", "city", "source")
    search = ("name", "email", "phone", "account.name")


@record_type
class Accounts(RecordType):
    model = Account
    icon = "building"
    subtitle = "industry"
    has_face = True
    is_square = True
    columns = ("name", "industry", "city", "phone", "employees", "owner", "created_at")
    form = (
        "name", "industry", "website", "phone", "email", "employees", "tax_id",
        "address", "city", "region", "postal_code", "country",
    )  # fmt: skip
    search = ("name", "city", "industry", "tax_id")
    sort = "name"


@record_type
class Deals(RecordType):
    model = Deal
    icon = "briefcase"
    subtitle = "account"
    columns = ("name", "account", "stage", "amount", "probability", "expected_close_on", "owner", "created_at")
    form = (
        "name", "account", "contact", "stage", "amount", "currency", "probability",
        "expected_close_on", "source", "lost_reason",
    )  # fmt: skip
    extra = ("status", "closed_on", "stage_changed_at", "created_at", "updated_at")
    search = ("name", "account.name", "contact.name")
    quiet = ("stage_changed_at", "closed_on", "status", "probability")
    board = Board(by="stage", sums="amount", of="pipeline")
    card_template = "crm/deal_card.html"

    def initial(self, actor: Actor) -> dict[str, Any]:
        return super().initial(actor) | {"stage": default_stage().pk, "currency": company_currency()}

    def before_save(self, record: Deal, changed: Iterable[str], by: Actor) -> None:
        rules.follow_stage(record, changed)

    def saved(self, record: Deal, changes: Mapping[str, Any], by: Actor) -> None:
        """Sends `deal.won`, `deal.lost` when the status becomes that."""
        if "status" in changes and record.status in (DealStatus.WON, DealStatus.LOST):
            emit(f"deal.{record.status}", record, amount=str(record.amount), currency=record.currency)

    def decorate(self, rows: list[Any]) -> None:
        """Cards show the next step and how urgent it is."""
        tasks = next_tasks(row.pk for row in rows)
        for row in rows:
            task = tasks.get(row.pk)
            row.urgency = rules.urgency(task)
            row.next_text = f"{task.name}, {due_text(task.due_at)}" if task else ""
            row.amount_text = money(row.amount, row.currency)


@record_type
class Pipelines(RecordType):
    model = Pipeline
    icon = "filter"
    columns = ("name", "is_default", "created_at")
    form = ("name",)
    search = ("name",)


@record_type
class Stages(RecordType):
    model = Stage
    icon = "arrows-right"
    columns = ("name", "pipeline", "position", "probability", "kind")
    form = ("name", "pipeline", "position", "probability", "kind")
    search = ("name",)
    sort = "position"


@record_type
class Tasks(RecordType):
    model = Task
    icon = "checkbox"
    columns = ("name", "due_at", "priority", "status", "owner")
    form = ("name", "due_at", "priority", "status", "description", "about_type", "about_id")
    hidden = ("about_type", "about_id")
    search = ("name",)
    sort = "due_at"
    board = Board(by="status")
    card_template = "crm/task_card.html"

    def before_save(self, record: Task, changed: Iterable[str], by: Actor) -> None:
        rules.note_completion(record, changed)

    def decorate(self, rows: list[Any]) -> None:
        for row in rows:
            row.urgency = rules.urgency(row)
            row.due_text = due_text(row.due_at)
