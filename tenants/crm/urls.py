"""The CRM's own pages on the company's face."""

from django.urls import path, register_converter

from tenants.crm.pages import deals, leads, settings, work
from tenants.records.registry import RecordType, type_named


class TeamedType:
    """A record type that has a team: accounts or deals."""

    regex = "accounts|deals"

    def to_python(self, value: str) -> RecordType:
        return type_named(value)

    def to_url(self, value: str | RecordType) -> str:
        return value if isinstance(value, str) else value.name


register_converter(TeamedType, "teamed_type")

app_name = "crm"
urlpatterns = [
    path("feed/", work.team_feed, name="feed"),
    path("pipeline-figures/", work.pipeline_figures, name="figures"),
    path("accounts/<uuid:account_id>/org-chart/", work.chart, name="org-chart"),
    path("leads/<uuid:lead_id>/convert/", leads.convert, name="convert"),
    path("deals/<uuid:deal_id>/close/", deals.close, name="close"),
    path("deals/<uuid:deal_id>/reopen/", deals.reopen, name="reopen"),
    path("deals/<uuid:deal_id>/products/", deals.lines, name="lines"),
    path("<teamed_type:record_type>/<uuid:record_id>/team/", deals.team, name="team"),
    path("tasks/<uuid:task_id>/done/", work.done, name="task-done"),
    path("tasks/<uuid:task_id>/reminders/", work.reminders, name="reminders"),
    path("settings/pipelines/", settings.pipelines, name="pipelines"),
    path("settings/pipelines/new/", settings.new_pipeline, name="new-pipeline"),
    path("settings/pipelines/<uuid:pipeline_id>/name/", settings.rename_pipeline, name="rename-pipeline"),
    path("settings/pipelines/<uuid:pipeline_id>/default/", settings.default_pipeline, name="default-pipeline"),
    path("settings/pipelines/<uuid:pipeline_id>/remove/", settings.remove_pipeline, name="remove-pipeline"),
    path("settings/pipelines/<uuid:pipeline_id>/stages/new/", settings.new_stage, name="new-stage"),
    path("settings/stages/<uuid:stage_id>/", settings.edit_stage, name="edit-stage"),
    path("settings/stages/<uuid:stage_id>/place/", settings.place_stage, name="place-stage"),
    path("settings/stages/<uuid:stage_id>/remove/", settings.remove_stage, name="remove-stage"),
    path("settings/deals/", settings.deals, name="deal-settings"),
    path("settings/deals/reasons/new/", settings.reason, name="new-reason"),
    path("settings/deals/reasons/<uuid:reason_id>/", settings.reason, name="edit-reason"),
    path("settings/deals/reasons/<uuid:reason_id>/remove/", settings.remove_reason, name="remove-reason"),
]
