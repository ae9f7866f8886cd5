"""Backups of one company, what is restored beside it, and what may be done with that."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from public_site.backups.doors import Asked, Door, routes
from public_site.backups.forms import RuleForm, picked
from public_site.paging import page_of
from tenants.fleet.backups.actions import begin_backup, delete_backup, drop_rule, set_rule
from tenants.fleet.backups.models import BackupRule
from tenants.fleet.backups.queries import backup_of, backups_of, rule_of
from tenants.fleet.operations.queries import OperationView, operations_of
from tenants.fleet.restoring.actions import begin_discard, begin_restore, begin_swap
from tenants.fleet.restoring.models import Restore, RestoreState
from tenants.fleet.restoring.queries import restore_beside
from tenants.kernel import context
from tenants.kernel.errors import Conflict, Invalid, NotFound
from tenants.kernel.web import wants_part
from tenants.records.restoring.actions import pick_records
from tenants.records.restoring.queries import preview_of

SHOWN = 30
KINDS = ("backup", "restore", "swap", "discard")


def backups(asked: Asked) -> HttpResponse:
    """All of it; htmx asks for the part that changes while something is under way."""
    last = operations_of(asked.company.pk).filter(kind__in=KINDS).first()
    page, foot = page_of(asked.request, backups_of(asked.company.pk), size=SHOWN)
    is_own = BackupRule.objects.filter(scope=f"company:{asked.company.pk}").exists()
    return asked.render(
        "list.html#pulse" if wants_part(asked.request) else "list.html",
        backups=page, foot=foot, rule=rule_of(asked.company), has_own_rule=is_own, restore=_beside(asked),
        operation=OperationView(last) if last else None,
    )  # fmt: skip


def back_up(asked: Asked) -> HttpResponse:
    begin_backup(company=asked.company, by=context.actor())
    return asked.done()


def backup(asked: Asked, backup_id: UUID) -> HttpResponse:
    found = backup_of(asked.company.pk, backup_id)
    return asked.render(
        "backup.html", backup=found, restore=_beside(asked),
        restore_url=asked.url("backup-restore", found.pk), delete_url=asked.url("backup-delete", found.pk),
    )  # fmt: skip


def delete(asked: Asked, backup_id: UUID) -> HttpResponse:
    delete_backup(backup=backup_of(asked.company.pk, backup_id), by=context.actor())
    messages.success(asked.request, _("The backup is gone."))
    return asked.done()


def restore(asked: Asked, backup_id: UUID) -> HttpResponse:
    found = backup_of(asked.company.pk, backup_id)
    begin_restore(company=asked.company, backup=found, by=context.actor())
    return asked.done()


def copy(asked: Asked) -> HttpResponse:
    """What is beside the company; how it differs is asked for by the page, since it may take a while."""
    return asked.render("copy.html", restore=_required(asked))


def differences(asked: Asked) -> HttpResponse:
    found = _required(asked)
    return asked.render("_differences.html", restore=found, preview=preview_of(asked.company, found))


def swap(asked: Asked) -> HttpResponse:
    begin_swap(company=asked.company, restore=_required(asked), by=context.actor())
    return asked.done()


def discard(asked: Asked) -> HttpResponse:
    begin_discard(company=asked.company, restore=_required(asked), by=context.actor())
    return asked.done()


def records(asked: Asked) -> HttpResponse:
    """Single records out of the copy."""
    wanted = picked(asked.request.POST.getlist("records"))
    if not wanted:
        raise Invalid({"records": [_("Choose at least one record.")]})
    done = pick_records(company=asked.company, restore=_required(asked), wanted=wanted, by=context.actor())
    for one in done:
        words = {"title": one.title, "outcome": OUTCOMES.get(one.outcome, one.outcome)}
        tell = messages.success if one.outcome in OUTCOMES else messages.error
        tell(asked.request, _("%(title)s: %(outcome)s") % words)
    return asked.done("copy")


OUTCOMES = {"created": _("is back"), "updated": _("is as it was"), "same": _("was the same")}


def rule(asked: Asked) -> HttpResponse:
    form = RuleForm(initial=rule_of(asked.company).__dict__)
    return asked.render("rule.html", form=form)


def save_rule(asked: Asked) -> HttpResponse:
    form = RuleForm(asked.request.POST)
    if form.is_valid():
        try:
            _save(asked, form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            return asked.done()
    return asked.render("rule.html", status=422, form=form)


def _save(asked: Asked, values: dict[str, Any]) -> None:
    if values.pop("follows"):
        drop_rule(scope=asked.company, by=context.actor())
    else:
        set_rule(scope=asked.company, by=context.actor(), **values)


def _beside(asked: Asked) -> Restore | None:
    return restore_beside(asked.company.pk)


def _required(asked: Asked) -> Restore:
    found = _beside(asked)
    if not found:
        raise NotFound(_("Nothing is beside this company."))
    if found.state == RestoreState.MAKING:
        raise Conflict(_("The copy is still being made."))
    return found


def urls_at(door: Door) -> list[Any]:
    return routes(door, [
        ("backups/", "backups", {"GET": backups, "POST": back_up}),
        ("backups/rule/", "backup-rule", {"GET": rule, "POST": save_rule}),
        ("backups/<uuid:backup_id>/", "backup", {"GET": backup}),
        ("backups/<uuid:backup_id>/deletion/", "backup-delete", {"POST": delete}),
        ("backups/<uuid:backup_id>/copy/", "backup-restore", {"POST": restore}),
        ("copy/", "copy", {"GET": copy}),
        ("copy/differences/", "copy-differences", {"GET": differences}),
        ("copy/swap/", "copy-swap", {"POST": swap}),
        ("copy/discard/", "copy-discard", {"POST": discard}),
        ("copy/records/", "copy-records", {"POST": records}),
    ])  # fmt: skip
