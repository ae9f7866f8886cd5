"""What an installation says of a company, for comparing two of them: pages, rows, history, files, secrets, audit.

python -m tests.fleet.copies.telling agency <slug>
python -m tests.fleet.copies.telling company <slug>
"""

import hashlib
import json
import os
import re
import sys
from typing import Any

PAGES = ("/contacts/", "/deals/", "/accounts/", "/settings/people/", "/settings/roles/", "/settings/pipelines/")
MOMENTS = re.compile(
    r"\b\d+ ?(?:s|sec|second|m|min|minute|h|hour)s?(?: ago)?\b|\b[Jj]ust now\b|\b[Nn]ow\b|\d+ \w{3} \d{4}, \d\d:\d\d"
)
"""How long ago something was, and when the reader signed in: two readers a minute apart are told differently."""


def main(what: str, slug: str) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")
    django.setup()
    from tenants.kernel import context

    with context.public():
        print(json.dumps({"agency": make_agency, "company": told}[what](slug)))


def make_agency(slug: str) -> str:
    from tenants.directory.actions import activate_agency, create_agency

    agency = create_agency(name=slug.title(), slug=slug)
    activate_agency(agency=agency)
    return str(agency.pk)


def told(slug: str) -> dict[str, Any]:
    from tenants.directory.models import Company
    from tenants.kernel import context

    company = Company.objects.select_related("agency").get(slug=slug)
    with context.inside(company.place):
        return {
            "rows": rows(), "files": files(company.schema_name), "pin": pin(), "people": people(), "audit": audit(),
        } | {"pages": pages(company)}  # fmt: skip


def rows() -> dict[str, Any]:
    from tenants.records.models import Change, File
    from tenants.records.registry import record_types

    found: dict[str, Any] = {}
    for record_type in record_types():
        found[record_type.name] = [
            [str(one.pk), str(one), str(one.created_at), str(one.updated_at), one.version]
            for one in record_type.model._default_manager.order_by("pk")
        ]
    found["history"] = [[str(one.pk), one.action, one.changes] for one in Change.objects.order_by("pk")]
    found["files"] = [[str(one.pk), one.name, one.key, one.size] for one in File.objects.order_by("pk")]
    return found


def files(schema: str) -> dict[str, str]:
    from tenants.fleet.streams.files import chunks_of, files_of

    return {one.path: hashlib.sha256(b"".join(chunks_of(schema, one.path))).hexdigest() for one in files_of(schema)}


def pin() -> str:
    from tenants.kernel.secrets import Secret
    from tenants.records.fields import purpose_of
    from tenants.records.registry import type_named

    contact = type_named("contacts").model._default_manager.first()
    token = contact.custom.get("pin") if contact else ""
    return Secret(token, purpose_of(contact, "pin")).reveal() if token else ""


def people() -> list[list[Any]]:
    from tenants.identity.models import User
    from tests.factories import PASSWORD

    return [[one.email, one.name, str(one.role), one.check_password(PASSWORD)] for one in User.objects.order_by("pk")]


def audit() -> dict[str, Any]:
    from tenants.identity.auditing.verifying import verify
    from tenants.identity.models import AuditEntry

    found = AuditEntry.objects.order_by("number")
    told_of = [[str(one.pk), one.action, one.actor_name, one.details] for one in found]
    return {"entries": told_of, "findings": [str(one) for one in verify().findings]}


def pages(company: Any) -> dict[str, str]:
    """What the owner reads in each, without the agency's brand around it."""
    from tenants.directory.queries import canonical_host
    from tenants.identity.models import User
    from tenants.kernel import context
    from tests.factories import client_for

    with context.public():
        host = canonical_host("company", company.agency, company)
    with context.inside(company.place):
        browser = client_for(User.objects.get(email=company.owner_email), host)
    found = {}
    for url in PAGES:
        answer = browser.get(url)
        main = re.search(r"<main\b.*?</main>", answer.content.decode(), flags=re.S)
        text = re.sub(r"<(script|style|template)\b.*?</\1>|<[^>]+>", " ", main[0] if main else "", flags=re.S)
        text = MOMENTS.sub("a while ago", " ".join(text.split()))
        found[url] = f"{answer.status_code} {text}"
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
