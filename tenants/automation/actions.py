"""Writes of workflows: drafts, publishing, on and off, secrets."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.automation.definition.checking import Report, check
from tenants.automation.definition.shape import FORMAT
from tenants.automation.engine import hints
from tenants.automation.engine.memory import forget_workflows, plans_of
from tenants.automation.engine.waking import set_clock
from tenants.automation.enums import OffKind, VersionState, WorkflowState
from tenants.automation.errors import IsArchived, NothingToPublish, NotPublished
from tenants.automation.models import LONGEST_NAME, AutomationSecret, Version, Workflow
from tenants.automation.queries import draft_of, published_of, require_keeper, secret_names
from tenants.identity.auditing.writing import audit
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Invalid
from tenants.records.copying import json_text
from tenants.records.events import emit

MOST_BYTES = 512 * 1024
MOST_WORKFLOWS = 1_000
MOST_SECRETS = 200
LONGEST_SECRET = 10_000
SECRET_NAME = re.compile(r"^[A-Z][A-Z0-9_]{0,39}$")
EMPTY: Mapping[str, Any] = {
    "format": FORMAT, "trigger": {"kind": "manual", "params": {}}, "settings": {}, "steps": [],
}  # fmt: skip


@transaction.atomic
def create_workflow(
    *, name: str, by: Actor, about: str = "", folder: str = "", definition: Mapping[str, Any] | None = None
) -> Workflow:
    """A workflow with a first draft, which may still have faults. Raises Denied, Invalid."""
    require_keeper(by)
    if Workflow.objects.count() >= MOST_WORKFLOWS:
        raise Invalid({"name": [_("A company has at most %(most)d workflows.") % {"most": MOST_WORKFLOWS}]})
    workflow = Workflow(owner_id=by.user_id, **_words(name=name, about=about, folder=folder))
    workflow.save(force_insert=True)
    _write_draft(workflow, definition or EMPTY, by)
    audit("workflow.created", by=by, subject=workflow.name)
    return workflow


def _words(**given: str | None) -> dict[str, str]:
    """Cleaned texts of those that are given. Raises Invalid."""
    most = {"name": LONGEST_NAME, "about": 10_000, "folder": 80}
    found = {key: value.replace("\x00", "").strip() for key, value in given.items() if value is not None}
    errors = {
        key: [_("Use at most %(most)d letters.") % {"most": most[key]}]
        for key, value in found.items()
        if len(value) > most[key]
    }
    if "name" in found and not found["name"]:
        errors["name"] = [_("Give it a name.")]
    if errors:
        raise Invalid(errors)
    return found


@transaction.atomic
def update_workflow(
    *, workflow: Workflow, by: Actor, name: str | None = None, about: str | None = None, folder: str | None = None
) -> Workflow:
    """Its words. What it does is changed by its draft. Raises Denied, Invalid."""
    require_keeper(by)
    workflow = _locked(workflow)
    for key, value in _words(name=name, about=about, folder=folder).items():
        setattr(workflow, key, value)
    workflow.save()
    forget_workflows()
    return workflow


def _locked(workflow: Workflow) -> Workflow:
    return Workflow.objects.select_for_update(of=("self",)).get(pk=workflow.pk)


@transaction.atomic
def save_draft(*, workflow: Workflow, definition: Mapping[str, Any], by: Actor) -> Version:
    """The draft says this from now on; there is one draft at a time. Faults in it are told by `report_on`.

    Raises Denied, IsArchived, Invalid for what is no definition at all.
    """
    require_keeper(by)
    workflow = _locked(workflow)
    if workflow.state == WorkflowState.ARCHIVED:
        raise IsArchived
    return _write_draft(workflow, definition, by)


def _write_draft(workflow: Workflow, definition: Mapping[str, Any], by: Actor) -> Version:
    if not isinstance(definition, dict) or len(json_text(definition)) > MOST_BYTES:
        raise Invalid({"definition": [_("Give an object of at most %(most)d KB.") % {"most": MOST_BYTES // 1024}]})
    draft = draft_of(workflow)
    if draft is None:
        last = workflow.versions.aggregate(last=Max("number"))["last"] or 0
        draft = Version(workflow=workflow, number=last + 1)
    draft.definition = {"format": FORMAT, **definition}
    draft.made_by_id, draft.made_by_name = by.user_id, by.name[:120]
    draft.save()
    if published_of(workflow) is None:
        workflow.record_type = report_on(version=draft, by=by).record_type
        workflow.save(update_fields=["record_type", "updated_at"])
    return draft


def report_on(*, version: Version, by: Actor) -> Report:
    """What is wrong with a version, and what is odd, with the eyes of `by`."""
    return check(version.definition, actor=by, secrets=secret_names())


@transaction.atomic
def discard_draft(*, workflow: Workflow, by: Actor) -> None:
    """What is published stays as it is. Raises Denied, Conflict for one that was never published."""
    require_keeper(by)
    workflow = _locked(workflow)
    if published_of(workflow) is None:
        raise Conflict(_("There would be nothing left. Archive the workflow instead."))
    workflow.versions.filter(state=VersionState.DRAFT).delete()


@transaction.atomic
def use_version(*, version: Version, by: Actor) -> Version:
    """An earlier version is the draft from now on: to go back, publish it. Raises Denied, IsArchived."""
    return save_draft(workflow=version.workflow, definition=version.definition, by=by)


@transaction.atomic
def publish(*, workflow: Workflow, by: Actor) -> Version:
    """The draft lets in from now on; who is inside ends on their version. It is on afterwards.

    Emits `workflow.published`. Raises Denied, NothingToPublish, IsArchived, Invalid with every fault.
    """
    require_keeper(by)
    workflow = _locked(workflow)
    if workflow.state == WorkflowState.ARCHIVED:
        raise IsArchived
    draft = draft_of(workflow)
    if draft is None:
        raise NothingToPublish
    report = report_on(version=draft, by=by)
    report.refuse()
    workflow.versions.filter(state=VersionState.PUBLISHED).update(state=VersionState.RETIRED)
    draft.state, draft.published_at = VersionState.PUBLISHED, timezone.now()
    draft.publisher_id, draft.publisher_name = by.user_id, by.name[:120]
    draft.grants = {name: sorted(verbs) for name, verbs in by.grants.items()}
    draft.save()
    workflow.record_type = report.record_type
    _on(workflow, draft)
    audit("workflow.published", by=by, subject=workflow.name, version=draft.number)
    _tell("workflow.published", workflow, number=draft.number)
    return draft


def _on(workflow: Workflow, version: Version) -> None:
    workflow.state, workflow.off_kind, workflow.off_because = WorkflowState.ACTIVE, "", ""
    forget_workflows()
    set_clock(workflow, plans_of([version.pk]).get(version.pk))
    workflow.save()
    if workflow.due_at:
        hints.hint(workflow.due_at)


def _tell(name: str, workflow: Any, **more: Any) -> None:
    owner_id = str(workflow.owner_id) if workflow.owner_id else None
    emit(name, workflow, workflow=workflow.name, owner_id=owner_id, **more)


@transaction.atomic
def turn_on(*, workflow: Workflow, by: Actor) -> Workflow:
    """Records may enter again. Raises Denied, NotPublished, IsArchived."""
    require_keeper(by)
    workflow = _locked(workflow)
    version = published_of(workflow)
    if workflow.state == WorkflowState.ARCHIVED:
        raise IsArchived
    if version is None:
        raise NotPublished
    if workflow.state != WorkflowState.ACTIVE:
        _on(workflow, version)
        audit("workflow.turned_on", by=by, subject=workflow.name)
    return workflow


@transaction.atomic
def turn_off(*, workflow: Workflow, by: Actor) -> Workflow:
    """Nobody enters any more; who is inside goes on. Raises Denied, NotPublished."""
    require_keeper(by)
    workflow = _locked(workflow)
    if workflow.state == WorkflowState.DRAFT:
        raise NotPublished
    if workflow.state == WorkflowState.ACTIVE:
        workflow.state, workflow.off_kind, workflow.due_at = WorkflowState.OFF, OffKind.PERSON, None
        workflow.save()
        forget_workflows()
        audit("workflow.turned_off", by=by, subject=workflow.name)
    return workflow


@transaction.atomic
def archive(*, workflow: Workflow, by: Actor) -> Workflow:
    """Out of sight and off; who is inside goes on, its log stays. Raises Denied."""
    require_keeper(by)
    workflow = _locked(workflow)
    workflow.state, workflow.due_at = WorkflowState.ARCHIVED, None
    workflow.save()
    forget_workflows()
    audit("workflow.archived", by=by, subject=workflow.name)
    return workflow


@transaction.atomic
def unarchive(*, workflow: Workflow, by: Actor) -> Workflow:
    """Back, and off. Raises Denied."""
    require_keeper(by)
    workflow = _locked(workflow)
    if workflow.state == WorkflowState.ARCHIVED:
        workflow.state = WorkflowState.OFF if published_of(workflow) else WorkflowState.DRAFT
        workflow.save()
        audit("workflow.unarchived", by=by, subject=workflow.name)
    return workflow


# Secrets


@transaction.atomic
def set_secret(*, name: str, value: str, by: Actor) -> AutomationSecret:
    """Keep a value, or put another in its place. Nobody reads it again. Raises Denied, Invalid."""
    require_keeper(by)
    errors = {}
    if not SECRET_NAME.match(name):
        errors["name"] = [_("Write it in capitals, digits and underscores, like CRM_TOKEN.")]
    if not value or len(value) > LONGEST_SECRET or "\x00" in value:
        errors["value"] = [_("Give a text of at most %(most)d letters.") % {"most": LONGEST_SECRET}]
    if not errors and AutomationSecret.objects.exclude(name=name).count() >= MOST_SECRETS:
        errors["name"] = [_("Keep at most %(most)d secrets.") % {"most": MOST_SECRETS}]
    if errors:
        raise Invalid(errors)
    found = AutomationSecret.objects.select_for_update().filter(name=name).first() or AutomationSecret(name=name)
    found.value, found.made_by_name = value, by.name[:120]
    found.save()
    audit("workflow_secret.set", by=by, subject=name)
    return found


@transaction.atomic
def remove_secret(*, secret: AutomationSecret, by: Actor) -> None:
    """Steps that use it send nothing in its place from now on. Raises Denied."""
    require_keeper(by)
    secret.delete()
    audit("workflow_secret.removed", by=by, subject=secret.name)
