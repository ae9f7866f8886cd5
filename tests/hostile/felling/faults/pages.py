"""What people may do, what pages run, and which addresses the house asks."""

import subprocess
from typing import Any

import httpx
import pytest
from django.template import engines

from tenants.kernel import outbound
from tenants.kernel.outbound import Target
from tenants.kernel.permits import Permit
from tests.hostile.felling.faults.ground import everywhere


def rows_of_everybody(patch: pytest.MonkeyPatch) -> None:
    """Who may see a type sees all of it."""
    everywhere(patch, "tenants.records.sight.sight", lambda *_, **__: None)


def fields_of_everybody(patch: pytest.MonkeyPatch) -> None:
    """What a role hides or locks is neither."""
    patch.setattr(Permit, "limits", lambda self, subject: {})


def every_address_public(patch: pytest.MonkeyPatch) -> None:
    everywhere(patch, "tenants.kernel.outbound.is_public", lambda address: True)


def addresses_unlooked_at(patch: pytest.MonkeyPatch) -> None:
    """Asked by name, wherever it leads and by whatever port."""

    def target(url: str, **_: Any) -> Target:
        parts = httpx.URL(url)
        return Target(parts, parts.netloc.decode(), parts.host)

    everywhere(patch, "tenants.kernel.outbound.checked", target)


def redirects_followed_blindly(patch: pytest.MonkeyPatch) -> None:
    """Only the first address is looked at."""
    true = httpx.Client

    def client(**options: Any) -> Any:
        return true(**options | {"follow_redirects": True})

    patch.setattr(outbound, "httpx", Loose(client))


class Loose:
    """httpx, but for its client."""

    def __init__(self, client: Any) -> None:
        self.Client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(httpx, name)


def answers_without_end(patch: pytest.MonkeyPatch) -> None:
    true = outbound.fetch
    everywhere(
        patch, "tenants.kernel.outbound.fetch", lambda *words, **how: true(*words, **how | {"most_bytes": 10**9})
    )


def unescaped_templates(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(engines["django"].engine, "autoescape", False)  # type: ignore[attr-defined]


def files_as_their_names_say(patch: pytest.MonkeyPatch) -> None:
    """What a browser sent as a picture is shown as one."""
    from tenants.records.files import serving

    true = serving.content_disposition_header
    patch.setattr(serving, "content_disposition_header", lambda _is_attachment, name: true(False, name))


def cells_as_they_are(patch: pytest.MonkeyPatch) -> None:
    everywhere(patch, "tenants.records.neutral.neutral", lambda text: text)


def any_next(patch: pytest.MonkeyPatch) -> None:
    everywhere(patch, "tenants.identity.signin.asked.own_path", lambda request, wanted: wanted)


def no_policy(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("saas.policies.Policies.process_response", lambda self, request, response: response)


def loose_settings(patch: pytest.MonkeyPatch) -> None:
    """Programs that the test starts run with cookies that go out by plain HTTP, for the whole domain."""
    true = subprocess.run

    def run(argv: Any, *, env: Any, **how: Any) -> Any:
        loose = "tests.hostile.felling.loose_settings"
        return true(argv, env=env | {"DJANGO_SETTINGS_MODULE": loose}, **how)

    patch.setattr(subprocess, "run", run)
