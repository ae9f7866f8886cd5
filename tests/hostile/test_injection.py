"""Show 5: stored XSS in every text field, file name and CSV; open redirects; the browser's own walls."""

import csv
import io
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenants.kernel.actors import robot
from tenants.kernel.errors import Invalid
from tenants.records.actions import create_record
from tenants.records.files.actions import keep_file
from tenants.records.registry import record_types, type_named
from tests.factories import Twin

ROOT = Path(__file__).resolve().parents[2]
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "{{7*7}}{% debug %}",
    "</textarea><iframe src=javascript:alert(1)>",
    "javascript:alert(1)",
)
TEXT_KINDS = {"text", "long_text", "rich_text", "address", "tags", "url"}


class Reader(HTMLParser):
    """What a browser would run."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name.startswith("on") or (name in ("href", "src", "action") and _is_script(value)):
                self.runs.append(f"{tag} {name}={value}")
        given = dict(attrs)
        if tag == "iframe" or (tag == "script" and "src" not in given and given.get("type") != "application/json"):
            self.runs.append(tag)


def _is_script(value: str | None) -> bool:
    return (value or "").strip().lower().startswith(("javascript:", "data:text"))


def runs(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    return reader.runs


def planted(payload: str) -> list[tuple[str, Any]]:
    """A record of every type that can be made by hand, the payload in every text field that takes it."""
    found = []
    for record_type in record_types():
        values = record_type.initial(robot())
        texts = [
            name for name, field in record_type.fields.items() if field.kind in TEXT_KINDS and not field.is_read_only
        ]
        for name in texts:
            try:
                record_type.clean({name: payload}, creating=False)
            except Invalid:
                continue
            values[name] = payload
        try:
            found.append((record_type.name, create_record(record_type=record_type, values=values, by=robot())))
        except Invalid:  # needs more than texts; the types of the next test have all they need
            continue
    return found


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_field_of_any_type_runs_in_a_page(company: Twin, owner: Client, payload: str) -> None:
    made = planted(payload)
    assert {"contacts", "accounts"} <= {name for name, _record in made}

    for name, record in made:
        one = f"/{name}/{record.pk}/"
        for path in (f"/{name}/", one, f"{one}?tab=history", f"{one}edit/"):
            answer = owner.get(path)
            page = answer.content.decode()
            assert answer.status_code in (200, 404), path
            assert runs(page) == [], path
            assert payload not in page or "<" not in payload, path


@pytest.mark.parametrize("payload", PAYLOADS)
def test_search_and_questions_do_not_run(company: Twin, owner: Client, payload: str) -> None:
    planted(payload)

    for path in ("/search/", "/contacts/", "/bin/", "/settings/audit/", "/sign-in/"):
        answer = owner.get(path, {"q": payload, "about": payload, "next": payload, "what": payload})
        assert runs(answer.content.decode()) == [], path


@pytest.mark.parametrize(
    "name", ['"><img src=x onerror=alert(1)>.png', "<script>alert(1)</script>.txt", "a\r\nSet-Cookie: x=1.txt"]
)
@pytest.mark.parametrize(
    "body", [b"<script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"]
)
def test_files_are_what_their_bytes_say_and_never_run(company: Twin, owner: Client, name: str, body: bytes) -> None:
    contact = type_named("contacts").model._default_manager.get(pk=company.contact_id)
    upload = SimpleUploadedFile(name, body, content_type="image/png")
    by = company.owner().actor
    file = keep_file(upload=upload, record_type=type_named("contacts"), record_id=contact.pk, by=by)

    page = owner.get(f"/contacts/{contact.pk}/?tab=files").content.decode()
    link = re.search(rf'"(/[^"]*{file.pk}[^"]*)"', page)

    assert runs(page) == []
    assert link is not None
    answer = owner.get(link[1].replace("&amp;", "&"))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer


@pytest.mark.parametrize("payload", ["=1+1", "+1+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://evil")'])
def test_no_cell_of_an_export_is_a_formula(company: Twin, owner: Client, payload: str) -> None:
    for name, _record in planted(payload):
        answer = company.with_key().post(
            "/api/v1/exports", {"types": [name], "format": "csv"}, content_type="application/json"
        )
        assert answer.status_code == 202, (name, answer.content)
        file = company.with_key().get(f"/api/v1/exports/{answer.json()['id']}/file")
        text = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
        for row in csv.reader(io.StringIO(text)):
            assert [cell for cell in row if re.match(r"[=+\-@\t\r](?!\d[\d.]*$)", cell)] == [], name


@pytest.mark.parametrize(
    "where",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "http:evil.example",
     "///evil.example",
     "javascript:alert(1)", "/%09/evil.example/../..//evil.example", " https://evil.example", "https:evil.example",
     "http://works.alpha.localhost@evil.example/", "/\t/evil.example", "/\n/evil.example"],
)  # fmt: skip
def test_next_leads_to_no_other_host(company: Twin, client: Client, where: str) -> None:
    from tests.factories import PASSWORD

    sent = {"email": company.owner().email, "password": PASSWORD, "next": where}

    for answer in (client.post("/sign-in/", sent), client.post("/theme/", {"theme": "dark", "next": where})):
        if answer.status_code in (301, 302, 303):
            target = re.sub(r"[\t\n\r]", "", answer["Location"]).replace("\\", "/")
            assert target.startswith("/"), target
            assert not target.startswith("//"), target


def test_policy_of_every_page_allows_no_inline_code(company: Twin, owner: Client, client: Client) -> None:
    """No page has any, so not even a nonce is given out."""
    for browser, path in ((owner, "/"), (owner, "/contacts/"), (owner, "/settings/audit/"), (client, "/sign-in/")):
        answer = browser.get(path)
        rules = dict(rule.split(" ", 1) for rule in answer["Content-Security-Policy"].split("; "))
        assert "unsafe" not in str(rules)
        assert re.fullmatch(r"'self'( 'nonce-[\w+/=-]+')?", rules["script-src"])
        assert (rules["object-src"], rules["base-uri"], rules["frame-ancestors"]) == ("'none'",) * 3
        assert (rules["default-src"], rules["form-action"]) == ("'self'",) * 2
        assert " style=" not in answer.content.decode()


def test_check_deploy_is_clean() -> None:
    environment = os.environ | {
        "OMNIFLOW_ENV": "production",
        "OMNIFLOW_SECRET_KEY": "check-only-" + "q9Z!" * 16,
        "OMNIFLOW_PLATFORM_DOMAIN": "crm.example",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_production_cookies_stay_on_their_host_and_https_is_strict() -> None:
    script = (
        "from django.conf import settings as s; import json;"
        "print(json.dumps([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        "s.SESSION_COOKIE_HTTPONLY,"
        "s.SESSION_COOKIE_DOMAIN, s.CSRF_COOKIE_DOMAIN, s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS]))"
    )
    environment = os.environ | {
        "OMNIFLOW_ENV": "production",
        "OMNIFLOW_SECRET_KEY": "x" * 60,
        "DJANGO_SETTINGS_MODULE": "saas.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == ('["__Host-session", "__Host-csrf", true, true, null, null, 31536000, true]')
