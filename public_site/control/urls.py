from django.urls import path

from public_site.control import creating, operations, pages

app_name = "control"
urlpatterns = [
    path("", pages.home, name="home"),
    path("agencies/", pages.agencies, name="agencies"),
    path("agencies/<uuid:agency_id>/", pages.agency, name="agency"),
    path("agencies/<uuid:agency_id>/suspension/", pages.suspend_agency, name="agency-suspend"),
    path("agencies/<uuid:agency_id>/resumption/", pages.resume_agency, name="agency-resume"),
    path("agencies/<uuid:agency_id>/companies/new/", creating.new_company, name="company-new"),
    path("companies/", pages.companies, name="companies"),
    path("companies/<uuid:company_id>/", pages.company, name="company"),
    path("companies/<uuid:company_id>/visits/new/", pages.visit_company, name="company-visit"),
    path("companies/<uuid:company_id>/visits/<uuid:visit_id>/", pages.visit_entry, name="company-visit-entry"),
    path("companies/<uuid:company_id>/suspension/", pages.suspend_company, name="company-suspend"),
    path("companies/<uuid:company_id>/resumption/", pages.resume_company, name="company-resume"),
    path("domains/", pages.domains, name="domains"),
    path("operations/", operations.operations, name="operations"),
    path("operations/<uuid:operation_id>/", operations.operation, name="operation"),
    path("operations/<uuid:operation_id>/stop/", operations.stop_operation, name="operation-stop"),
    path("health/", pages.health, name="health"),
]
