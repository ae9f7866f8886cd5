"""A company copied within the installation: streams of one snapshot into a schema of its own.

The source goes on being worked in; its neighbours notice nothing but one reader. Nothing is held in memory beyond
a chunk of a stream.
"""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Agency, Company
from tenants.fleet.copies.carried import carried_tables
from tenants.fleet.copies.marks import copy_brand
from tenants.fleet.copies.target import (
    KEPT_OF_COMPANY,
    expiry,
    facts_of,
    open_up,
    reserve,
    settle,
    shut,
    take_away,
    take_back,
    target_of,
    wipe_files,
)
from tenants.fleet.migrating import head
from tenants.fleet.models import Schema
from tenants.fleet.operations.kinds import Kind, register, step
from tenants.fleet.operations.running import Work
from tenants.fleet.streams.connections import own_connection
from tenants.fleet.streams.files import chunks_of, files_of, write_file
from tenants.fleet.streams.loading import finish, load, make_empty
from tenants.fleet.streams.manifest import TableEntry
from tenants.fleet.streams.snapshots import snapshot_of
from tenants.fleet.template import current_template
from tenants.kernel import context
from tenants.kernel.copies import Copy
from tenants.kernel.errors import Conflict
from tenants.kernel.secrets import Foreign, keys_of_here

TOLD_EVERY = 16
"""Chunks between two words about how far it is."""
LEFT_FILES = ("exports/", "imports/", "kept-mail/")
"""Folders of what was made for somebody who asked, not of what records hold."""


def check_at_head(company: Company) -> None:
    """Raises Conflict while a company's tables are not those of the running code."""
    if Schema.objects.filter(name=company.schema_name, fingerprint=head()).exists():
        return
    raise Conflict(_("This company is just being brought up to date. Try again in a few minutes."))


@step(gettext_lazy("Reserving the address"))
def reserve_copy(work: Work) -> None:
    source = work.company
    check_at_head(source)
    if refreshed := work.arguments.get("target"):
        company = Company.objects.get(pk=refreshed, sandbox_of=source)
        work.keep(target=str(company.pk), schema=company.schema_name)
        shut(company)
        return
    asked = work.arguments
    agency = Agency.objects.get(pk=asked["agency_id"])
    values = {name: getattr(source, name) for name in KEPT_OF_COMPANY} | {"slug": asked["slug"], "name": asked["name"]}
    if _copy(work) == Copy.SANDBOX:
        values |= {"is_sandbox": True, "sandbox_of": source, "expires_at": expiry(asked["days"])}
    reserve(work, agency=agency, values=values)


@step(gettext_lazy("Copying the rows"))
def copy_rows(work: Work) -> None:
    source, target, template = work.company, target_of(work), current_template()
    check_at_head(source)
    make_empty(target.schema_name, template)
    rows = 0
    with snapshot_of(source.schema_name) as snapshot, own_connection() as own:
        tables = list(carried_tables(snapshot, _copy(work)))
        total = sum(table.rows_guessed for table in tables)
        for table in tables:
            work.check()
            entry = TableEntry(name=table.name, columns=list(table.columns), rows=-1, size=0, sha256="")
            chunks = told(work, snapshot.chunks(table), rows, total)
            rows += load(own, target.schema_name, entry, chunks).rows
    finish(target.schema_name, template)
    work.give(rows=rows)


def told(work: Work, chunks: Iterable[bytes], before: int, total: int) -> Iterator[bytes]:
    """The same, and now and then a word about how far it is."""
    rows = before
    for number, chunk in enumerate(chunks):
        if number % TOLD_EVERY == 0:
            work.tell(rows, max(total, rows))
            work.check()
        rows += chunk.count(b"\n")
        yield chunk


@step(gettext_lazy("Copying the files"))
def copy_files(work: Work) -> None:
    source, target = work.company, target_of(work)
    wipe_files(target.schema_name)
    count = 0
    if _copy(work) != Copy.SHAPE:
        for one in carried_files(source.schema_name):
            work.check()
            try:
                write_file(target.schema_name, one, chunks_of(source.schema_name, one))
            except FileNotFoundError:  # thrown away since; the row in the copy says so as the source's does
                continue
            count += 1
            work.tell(count)
    work.give(files=count)


def carried_files(schema: str) -> Iterator[str]:
    for one in files_of(schema):
        if not one.path.startswith(LEFT_FILES):
            yield one.path


@step(gettext_lazy("Giving it keys of its own"))
def settle_copy(work: Work) -> None:
    source, target = work.company, target_of(work)
    with context.inside(source.place):
        keys = keys_of_here()
    # Nothing confidential in a place where people try things out.
    foreign = Foreign(keys.home, {}) if _copy(work) == Copy.SANDBOX else keys
    settle(target, facts_of(_copy(work), target, from_salt=source.place.salt, from_agency=source.agency_id), foreign)
    copy_brand(source, target)


@step(gettext_lazy("Opening the doors"))
def open_copy(work: Work) -> None:
    source, target = work.company, target_of(work)
    facts = facts_of(_copy(work), target, from_salt=source.place.salt, from_agency=source.agency_id)
    if target.status != CompanyStatus.ACTIVE:
        open_up(target, facts, by=work.actor, source=source.name)
    work.give(company_id=str(target.pk), slug=target.slug)


def _copy(work: Work) -> Copy:
    return Copy(work.arguments["copy"])


CLONE = register(
    Kind(
        name="clone",
        label=gettext_lazy("Copy"),
        steps=(reserve_copy, copy_rows, copy_files, settle_copy, open_copy),
        undo=take_back,
    )
)


@step(gettext_lazy("Taking the sandbox away"))
def take_sandbox_away(work: Work) -> None:
    company = Company.objects.filter(pk=work.arguments["target"], is_sandbox=True).first()
    if company:
        if company.status == CompanyStatus.ACTIVE:
            shut(company)
        take_away(company)


DROP_SANDBOX = register(
    Kind(name="drop_sandbox", label=gettext_lazy("Take a sandbox away"), steps=(take_sandbox_away,))
)
