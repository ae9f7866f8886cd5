from django.urls import path

from tenants.automation.pages import beside, builder, conditions, listing, publishing, runs, secrets, testing

app_name = "automation"
urlpatterns = [
    path("automation/", listing.workflows, name="list"),
    path("automation/new/", listing.new, name="new"),
    path("automation/parts/", builder.parts, name="parts"),
    path("automation/conditions/", conditions.conditions, name="conditions"),
    path("automation/formula/", builder.formula, name="formula"),
    path("automation/<uuid:workflow_id>/", builder.builder, name="builder"),
    path("automation/<uuid:workflow_id>/check/", builder.check, name="check"),
    path("automation/<uuid:workflow_id>/draft/", builder.draft, name="draft"),
    path("automation/<uuid:workflow_id>/draft/removal/", publishing.discard, name="discard"),
    path("automation/<uuid:workflow_id>/figures/", builder.figures, name="figures"),
    path("automation/<uuid:workflow_id>/name/", listing.rename, name="rename"),
    path("automation/<uuid:workflow_id>/copy/", listing.copy, name="copy"),
    path("automation/<uuid:workflow_id>/publication/", publishing.publish, name="publish"),
    path("automation/<uuid:workflow_id>/state/", publishing.state, name="state"),
    path("automation/<uuid:workflow_id>/versions/", publishing.versions, name="versions"),
    path("automation/<uuid:workflow_id>/versions/<uuid:version_id>/", publishing.version, name="version"),
    path("automation/<uuid:workflow_id>/versions/<uuid:version_id>/use/", publishing.use_version, name="use-version"),
    path("automation/<uuid:workflow_id>/runs/", runs.runs, name="runs"),
    path("automation/<uuid:workflow_id>/runs/<uuid:run_id>/", runs.run, name="run"),
    path("automation/<uuid:workflow_id>/runs/<uuid:run_id>/retry/", runs.retry, name="retry"),
    path("automation/<uuid:workflow_id>/runs/<uuid:run_id>/stop/", runs.stop, name="stop"),
    path("automation/<uuid:workflow_id>/runs/<uuid:run_id>/skip/", runs.skip, name="skip"),
    path("automation/<uuid:workflow_id>/test/", testing.test, name="test"),
    path("automation/<uuid:workflow_id>/backtest/", testing.backtest, name="backtest"),
    path("automation/<uuid:workflow_id>/backtest/<uuid:job_id>/", testing.backtested, name="backtested"),
    path("<slug:name>/<uuid:record_id>/automation/", beside.enrol, name="enrol"),
    path("settings/secrets/", secrets.secrets, name="secrets"),
    path("settings/secrets/edit/", secrets.edit, name="secret-edit"),
    path("settings/secrets/<uuid:secret_id>/removal/", secrets.remove, name="secret-remove"),
]
