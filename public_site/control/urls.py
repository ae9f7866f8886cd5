from django.urls import path

from public_site.control import backups, commands, copies, fleet, operations, pages

app_name = "control"
urlpatterns = [
    path("", pages.home, name="home"),
    path("agencies/", pages.agencies, name="agencies"),
    path("agencies/<uuid:agency_id>/", pages.agency, name="agency"),
    path("agencies/<uuid:agency_id>/suspension/", pages.suspend_agency, name="agency-suspend"),
    path("agencies/<uuid:agency_id>/resumption/", pages.resume_agency, name="agency-resume"),
    path("companies/", pages.companies, name="companies"),
    path("companies/<uuid:company_id>/", pages.company, name="company"),
    path("companies/<uuid:company_id>/visits/new/", pages.visit_company, name="company-visit"),
    path("companies/<uuid:company_id>/visits/<uuid:visit_id>/", pages.visit_entry, name="company-visit-entry"),
    path("companies/<uuid:company_id>/suspension/", pages.suspend_company, name="company-suspend"),
    path("companies/<uuid:company_id>/resumption/", pages.resume_company, name="company-resume"),
    *backups.urls,
    path("companies/import/", copies.bring_in, name="company-import"),
    path("companies/<uuid:company_id>/copies/new/", copies.copy, name="company-copy"),
    path("companies/<uuid:company_id>/package/", copies.export, name="company-export"),
    path("companies/<uuid:company_id>/refreshment/", copies.refresh, name="sandbox-refresh"),
    path("companies/<uuid:company_id>/sandbox-removal/", copies.drop, name="sandbox-drop"),
    path("operations/<uuid:operation_id>/package/", copies.fetch, name="package"),
    path("domains/", pages.domains, name="domains"),
    path("fleet/", fleet.fleet, name="fleet"),
    path("fleet/migration/", fleet.migrate, name="fleet-migrate"),
    path("fleet/verification/", fleet.verify, name="fleet-verify"),
    path("fleet/retries/", fleet.retry_all, name="fleet-retry-all"),
    path("fleet/retries/<slug:schema>/", fleet.retry, name="fleet-retry"),
    path("fleet/commands/", commands.listing, name="commands"),
    path("fleet/commands/<slug:name>/", commands.command, name="command"),
    path("fleet/commands/runs/<uuid:operation_id>/", commands.run, name="command-run"),
    path("operations/", operations.operations, name="operations"),
    path("operations/<uuid:operation_id>/", operations.operation, name="operation"),
    path("operations/<uuid:operation_id>/stop/", operations.stop_operation, name="operation-stop"),
    path("health/", pages.health, name="health"),
]
