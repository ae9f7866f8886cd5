from django.urls import path

from public_site.agency.pages import backups, brand, companies, domains, enter, people

app_name = "agency"
urlpatterns = [
    path("", companies.home, name="home"),
    path("companies/", companies.companies, name="companies"),
    path("enter/", enter.enter, name="enter"),
    path("companies/new/", companies.create, name="company-new"),
    path("companies/new/slug/", companies.slug, name="company-slug"),
    path("companies/new/locale/", companies.locale, name="company-locale"),
    path("companies/<uuid:company_id>/", companies.company, name="company"),
    path("companies/<uuid:company_id>/suspension/", companies.suspend, name="company-suspend"),
    path("companies/<uuid:company_id>/resumption/", companies.resume, name="company-resume"),
    path("companies/<uuid:company_id>/invitation/", companies.invite_again, name="company-invite"),
    path("companies/<uuid:company_id>/brand/", brand.company_brand, name="company-brand"),
    path("companies/<uuid:company_id>/brand/<str:kind>", brand.company_picture, name="company-picture"),
    path("companies/<uuid:company_id>/visits/new/", companies.visit, name="company-visit"),
    path("companies/<uuid:company_id>/visits/<uuid:visit_id>/", companies.visit_entry, name="company-visit-entry"),
    path("companies/<uuid:company_id>/domains/new/", domains.add, name="company-domain-new"),
    *backups.urls,
    path("brand-editor/", brand.agency_brand, name="brand"),
    path("brand-editor/preview/", brand.preview, name="brand-preview"),
    path("brand-editor/preview.css", brand.preview_css, name="brand-preview-css"),
    path("domains/", domains.domains, name="domains"),
    path("domains/new/", domains.add, name="domain-new"),
    path("domains/<uuid:domain_id>/verification/", domains.verify, name="domain-verify"),
    path("domains/<uuid:domain_id>/preference/", domains.prefer, name="domain-prefer"),
    path("domains/<uuid:domain_id>/removal/", domains.remove, name="domain-remove"),
    path("api-keys/", people.keys, name="keys"),
    path("api-keys/new/", people.create_key, name="key-new"),
    path("api-keys/<uuid:key_id>/revocation/", people.revoke_key, name="key-revoke"),
    path("staff/", people.staff, name="staff"),
    path("staff/new/", people.invite, name="staff-new"),
    path("staff/<uuid:member_id>/", people.edit, name="staff-edit"),
    path("staff/<uuid:member_id>/removal/", people.remove, name="staff-remove"),
]
