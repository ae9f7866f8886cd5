from django.urls import path

from public_site.control import lives, operations, pages

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
    path("companies/<uuid:company_id>/closing/", lives.close, name="company-close"),
    path("companies/<uuid:company_id>/closing/undo/", lives.restore, name="company-restore"),
    path("companies/<uuid:company_id>/erasure/", lives.erase, name="company-erase"),
    path("companies/<uuid:company_id>/address/", lives.rename, name="company-rename"),
    path("companies/<uuid:company_id>/transfer/", lives.transfer, name="company-transfer"),
    path("transfers/<uuid:transfer_id>/withdrawal/", lives.withdraw, name="transfer-withdraw"),
    path("certificates/", lives.certificates, name="certificates"),
    path("certificates/<uuid:certificate_id>/file.<str:ending>", lives.certificate_file, name="certificate-file"),
    path("tombstones/<uuid:stone_id>/release/", lives.release, name="tombstone-release"),
    path("domains/", pages.domains, name="domains"),
    path("operations/", operations.operations, name="operations"),
    path("operations/<uuid:operation_id>/", operations.operation, name="operation"),
    path("operations/<uuid:operation_id>/stop/", operations.stop_operation, name="operation-stop"),
    path("health/", pages.health, name="health"),
]
