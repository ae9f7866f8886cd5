"""The brand editor, of the agency or of one company, with a preview that follows every key."""

import re
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from public_site.agency.access import MemberRequest, members_only
from public_site.agency.brand_actions import change_brand
from public_site.agency.forms import BrandForm, posted
from public_site.agency.models import AgencyTab
from public_site.agency.queries import company_for
from tenants.directory.models import Agency, Brand, Company
from tenants.directory.queries import brand_of
from tenants.directory.tenant import BrandView
from tenants.kernel import context
from tenants.kernel.errors import Invalid, NotFound
from tenants.kernel.ui.brand_css import brand_css, contrast_report, was_adjusted

COLOUR = re.compile(r"^#[0-9a-f]{6}$")
FRAMES = "#frames "


@require_http_methods(["GET", "POST"])
@members_only(AgencyTab.BRAND, all_companies=True)
def agency_brand(request: MemberRequest) -> HttpResponse:
    return _editor(request, request.member.agency, None)


@require_http_methods(["GET", "POST"])
@members_only(AgencyTab.BRAND)
def company_brand(request: MemberRequest, company_id: UUID) -> HttpResponse:
    agency = request.member.agency
    return _editor(request, agency, company_for(request.member, company_id))


def _editor(request: MemberRequest, agency: Agency, company: Company | None) -> HttpResponse:
    form = _form(request, agency, company)
    if request.method == "POST" and form.is_valid():
        try:
            change_brand(
                agency=agency, company=company, values=form.words, pictures=form.pictures, removed=form.removed,
                by=context.actor(),
            )  # fmt: skip
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("The brand is saved. Everybody sees it at once."))
            return HttpResponseRedirect(request.path)
    shown = brand_of(agency, company)
    values = {"form": form, "company": company, "pictures": _pictures(form, _row(agency, company), shown)}
    return render(request, "agency/brand.html", values | _preview(shown, company), status=422 if form.errors else 200)


def _form(request: MemberRequest, agency: Agency, company: Company | None) -> BrandForm:
    row = _row(agency, company)
    inherited = brand_of(agency, None)
    initial = {name: getattr(row, name, "") for name in BrandForm.base_fields if name not in BrandForm.PICTURES}
    if not company:
        initial["colour"] = initial["colour"] or inherited.colour
        initial["product_name"] = initial["product_name"] or inherited.product_name
    form = BrandForm(posted(request), request.FILES or None, initial=initial, inherits=company is not None)
    if company:
        for name in initial:
            form.fields[name].widget.attrs["placeholder"] = getattr(inherited, name)
    return form


def _pictures(form: BrandForm, row: Brand | None, shown: BrandView) -> list[tuple[Any, str, str]]:
    """Each picture's field, the file this brand itself has, and where it is shown."""
    urls = picture_urls(shown, row.company_id if row else None)
    return [(form[name], getattr(row, name, ""), urls[name]) for name in BrandForm.PICTURES]


def picture_urls(shown: BrandView, company_id: UUID | None) -> dict[str, str]:
    """Where this host serves the pictures; a company's by a view of the portal."""
    if not company_id:
        return {"logo": shown.logo_url, "icon": shown.icon_url, "login_image": shown.login_image_url}
    urls = {name: reverse("agency:company-picture", args=[company_id, name]) for name in BrandForm.PICTURES}
    return {name: f"{url}?v={shown.version}" if getattr(shown, name) else "" for name, url in urls.items()}


@require_GET
@members_only(AgencyTab.BRAND)
def company_picture(request: MemberRequest, company_id: UUID, kind: str) -> HttpResponse:
    """A picture as the company shows it, for the editor on the agency's host."""
    found = brand_of(request.member.agency, company_for(request.member, company_id))
    name = getattr(found, kind, "") if kind in BrandForm.PICTURES else ""
    if not name or not default_storage.exists(name):
        raise NotFound("No such picture")
    answer: Any = FileResponse(default_storage.open(name), content_type=f"image/{name.rpartition('.')[2]}")
    return answer  # type: ignore[no-any-return]


def _row(agency: Agency, company: Company | None) -> Brand | None:
    return Brand.objects.filter(agency=agency, company=company).first()


@require_GET
@members_only(AgencyTab.BRAND)
def preview(request: MemberRequest) -> HttpResponse:
    """The frames with what is in the form now; nothing is saved."""
    agency = request.member.agency
    company_id = request.GET.get("company", "")
    company = company_for(request.member, UUID(company_id)) if re.fullmatch(r"[0-9a-f-]{36}", company_id) else None
    shown = brand_of(agency, company)
    typed = {name: request.GET.get(name, "").strip()[:60] for name in ("product_name", "sender_name", "support_email")}
    colour = request.GET.get("colour", "").strip().lower()
    if COLOUR.match(colour):
        typed["colour"] = colour
    shown = replace(shown, **{name: value for name, value in typed.items() if value})
    return render(request, "agency/brand.html#frames", _preview(shown, company))


def _preview(shown: BrandView, company: Company | None) -> dict[str, Any]:
    urls = picture_urls(shown, company.pk if company else None)
    return {
        "shown": shown,
        "urls": urls,
        "checks": contrast_report(shown.colour),
        "is_adjusted": was_adjusted(shown.colour),
        "themes": ("light", "dark"),
    }


@require_GET
@members_only(AgencyTab.BRAND)
def preview_css(request: MemberRequest) -> HttpResponse:
    """The true colours of a brand not yet saved, for the frames alone."""
    colour = request.GET.get("colour", "").lower()
    if not COLOUR.match(colour):
        raise Invalid({"colour": [_("Write a colour like #0f766e.")]})
    css = brand_css(colour).replace(':root,[data-bs-theme="light"]', f"{FRAMES}[data-bs-theme]")
    css = css.replace('\n[data-bs-theme="dark"]', f'\n{FRAMES}[data-bs-theme="dark"]')
    return HttpResponse(css, content_type="text/css", headers={"Cache-Control": "private, max-age=3600"})
