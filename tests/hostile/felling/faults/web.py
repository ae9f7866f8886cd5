"""Hosts, links, keys, sessions, pages and what they send: the walls a browser meets."""

from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import models
from django.http import HttpResponse
from django.urls import include, path, re_path

import saas.faces
from saas.shares import Share
from tenants.crm.models import Contact
from tenants.directory import hosts
from tenants.directory.enums import Face
from tenants.directory.models import Company
from tenants.directory.tenant import Tenant
from tenants.identity import sessions
from tenants.identity.tokens import _TOKENS
from tenants.kernel import context
from tenants.kernel.logs import logger
from tenants.records.models import SearchEntry
from tests.hostile.felling.faults.ground import a, b, everywhere, in_public
from tests.hostile.felling.faults.places import no_role


def anothers_schema(patch: pytest.MonkeyPatch) -> None:
    """A's host leads to B's schema, under the name of A: routing gone wrong."""
    one, two = a(), b().place
    true = Tenant.place.func

    def wrong(tenant: Tenant) -> context.Place:
        found = true(tenant)
        is_a = tenant.company is not None and tenant.company.id == one.pk
        return replace(found, schema=two.schema, role=two.role) if is_a else found

    patch.setattr(Tenant, "place", property(wrong))


def _picked_by(patch: pytest.MonkeyPatch, header: str) -> None:
    """A client may name the company it wants."""
    true = saas.faces.Faces.__call__

    def called(self: Any, request: Any) -> Any:
        request.META["HTTP_HOST"] = request.headers.get(header) or request.META.get("HTTP_HOST", "")
        return true(self, request)

    patch.setattr(saas.faces.Faces, "__call__", called)


def picked_by_forwarded_host(patch: pytest.MonkeyPatch) -> None:
    _picked_by(patch, "X-Forwarded-Host")


def picked_by_header(patch: pytest.MonkeyPatch) -> None:
    _picked_by(patch, "X-Tenant")


def any_company_for_unknown_hosts(patch: pytest.MonkeyPatch) -> None:
    one = f"works.alpha.{settings.PLATFORM_DOMAIN}"
    patch.setattr(saas.faces, "resolve", lambda host: hosts.resolve(host) or hosts.resolve(one))


def hosts_letter_by_letter(patch: pytest.MonkeyPatch) -> None:
    """As they come: with capitals, a port, a dot at the end."""
    patch.setattr(hosts, "normal_host", lambda raw: raw)


def unsalted_keys(patch: pytest.MonkeyPatch) -> None:
    import hashlib

    def plain(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    everywhere(patch, "tenants.identity.keys.digest_of", plain)


def keys_by_their_first_part(patch: pytest.MonkeyPatch) -> None:
    """A key is found by its prefix; nobody looks at its secret."""
    from tenants.identity import queries as passes

    patch.setattr(passes, "secrets", SimpleNamespace(compare_digest=lambda one, two: True))


def sessions_of_anybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sessions.SessionStore, "scope", property(lambda self: "one for all"))


def cookies_for_the_whole_domain(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settings, "SESSION_COOKIE_DOMAIN", f".{settings.PLATFORM_DOMAIN}")
    patch.setattr(settings, "CSRF_COOKIE_DOMAIN", f".{settings.PLATFORM_DOMAIN}")


def unsalted_links(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(type(_TOKENS["reset"]), "_make_hash_value", lambda self, user, moment: f"{user.pk}{moment}")


def links_for_any_purpose(patch: pytest.MonkeyPatch) -> None:
    for name in _TOKENS:
        patch.setitem(_TOKENS, name, _TOKENS["reset"])


# What is read


def contacts_in_one_table(patch: pytest.MonkeyPatch) -> None:
    """One table for all companies, B's, and nobody filters it; what is searched likewise."""
    no_role(patch)
    patch.setattr(Tenant, "place", property(lambda tenant: _without_role(tenant)))
    for model in (Contact, SearchEntry):
        patch.setattr(model._meta, "db_table", f'{b().schema_name}"."{model._meta.db_table}')


TENANT_PLACE = Tenant.place.func


def _without_role(tenant: Tenant) -> context.Place:
    return replace(TENANT_PLACE(tenant), role=None)


def neighbours_in_the_log(patch: pytest.MonkeyPatch) -> None:
    """A line for every record that is read; and the records are everybody's."""
    contacts_in_one_table(patch)
    true = models.Model.from_db.__func__

    def told(cls: Any, *rest: Any, **more: Any) -> Any:
        found = true(cls, *rest, **more)
        if isinstance(found, Contact):
            logger("felling").info("read", who=found.first_name)
        return found

    patch.setattr(models.Model, "from_db", classmethod(told))


def names_of_schemas_shown(patch: pytest.MonkeyPatch) -> None:
    """A header for those who look after the house."""
    true = saas.faces._private

    def shown(response: Any) -> Any:
        response["X-Served-From"] = str(a().schema_name)
        return true(response)

    patch.setattr(saas.faces, "_private", shown)


def another_brand(patch: pytest.MonkeyPatch) -> None:
    """B's, whoever is asked."""
    from tenants.directory import queries

    with context.public():
        other = queries.company_tenant(b().pk).brand
    for name in ("company_tenant", "load_tenant"):
        true = getattr(queries, name)

        def branded(*words: Any, true: Any = true) -> Any:
            found = true(*words)
            return replace(found, brand=other) if found else found

        everywhere(patch, f"tenants.directory.queries.{name}", branded)
    hosts._forget()


def platform_by_name(patch: pytest.MonkeyPatch) -> None:
    """The house signs every answer."""
    true = saas.faces._private

    def signed(response: Any) -> Any:
        response["Server"] = settings.PLATFORM_NAME
        return true(response)

    patch.setattr(saas.faces, "_private", signed)


def searched_elsewhere(patch: pytest.MonkeyPatch) -> None:
    done_at_b(patch, "tenants.records.search.api.search")


def exported_elsewhere(patch: pytest.MonkeyPatch) -> None:
    done_at_b(patch, "tenants.records.exporting.kinds._fill")


def done_at_b(patch: pytest.MonkeyPatch, name: str) -> None:
    """A function that always works in B, whoever asks."""
    from django.utils.module_loading import import_string

    true = import_string(name)

    def done(*args: Any, **kwargs: Any) -> Any:
        with context.inside(b().place):
            return true(*args, **kwargs)

    patch.setattr(name, done)


def answers_left_as_they_are(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(saas.faces, "_private", lambda response: response)


def _served(patch: pytest.MonkeyPatch, *routes: Any) -> None:
    """These as well, in every company."""
    urls = ModuleType("urls_with_a_hole")
    urls.urlpatterns = [*routes, path("", include("saas.urls.company"))]  # type: ignore[attr-defined]
    patch.setitem(saas.faces.URLCONFS, Face.COMPANY, urls)


def control_panel_in_companies(patch: pytest.MonkeyPatch) -> None:
    _served(patch, path("", include("saas.urls.platform")), re_path(r"^(?:django-)?admin/", _anything))


def _anything(request: Any, name: str = "") -> HttpResponse:
    return HttpResponse(Path(__file__).read_bytes())


def any_file_by_its_path(patch: pytest.MonkeyPatch) -> None:
    _served(patch, re_path(r"^(?:brand|static|files|media)/(?P<name>.+)$", _anything))
    patch.setattr(
        "whitenoise.middleware.WhiteNoiseMiddleware.__call__", lambda self, request: self.get_response(request)
    )


def schema_names_in_forms(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Company._meta.get_field("schema_name"), "editable", True)


def any_schema_name_in_the_table(patch: pytest.MonkeyPatch) -> None:
    in_public(["ALTER TABLE directory_company DROP CONSTRAINT company_schema_name_ours"])


# Code that remembers


def _code_with(patch: pytest.MonkeyPatch, lines: str) -> None:
    """As if a file of the program had these lines, too."""
    true = Path.read_text

    def read(self: Path, *words: Any, **more: Any) -> str:
        text = true(self, *words, **more)
        return text + lines if self.parts[-3:] == ("tenants", "crm", "apps.py") else text

    patch.setattr(Path, "read_text", read)


def query_behind_lru_cache(patch: pytest.MonkeyPatch) -> None:
    _code_with(patch, "\n@lru_cache\ndef count() -> int:\n    return Contact.objects.count()\n")


def redis_without_salt(patch: pytest.MonkeyPatch) -> None:
    _code_with(patch, "\nimport redis\n")


def answers_kept_whole(patch: pytest.MonkeyPatch) -> None:
    _code_with(patch, "\nview = cache_page(60)(view)\n")


# Shares of the threads


def every_request_let_in(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Share, "enter", lambda self, company_id: 0.0)


def threads_never_given_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Share, "leave", lambda self, company_id, since: None)


def sockets_for_any_page(patch: pytest.MonkeyPatch) -> None:
    """Whoever's page it is, the cookie that came along opens the socket."""
    patch.setattr("saas.live.entry.is_own_page", lambda headers, tenant: True)


def unsalted_groups(patch: pytest.MonkeyPatch) -> None:
    """Words to a person of one company reach whoever has that id in another."""
    patch.setattr("tenants.kernel.live._salt", lambda: "all")
