from django.urls import path

from tenants.records.jobs import pages

urlpatterns = [
    path("jobs/", pages.jobs, name="jobs"),
    path("jobs/<uuid:job_id>/", pages.job, name="job"),
    path("jobs/<uuid:job_id>/lines/", pages.lines, name="job-lines"),
    path("jobs/<uuid:job_id>/pulse/", pages.pulse, name="job-pulse"),
    path("jobs/<uuid:job_id>/stop/", pages.stop, name="job-stop"),
    path("jobs/<uuid:job_id>/undo/", pages.undo, name="job-undo"),
]
