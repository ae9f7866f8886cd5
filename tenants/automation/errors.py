"""What automation refuses, beyond definitions that do not fit."""

from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import Conflict


class NothingToPublish(Conflict):
    code = "nothing_to_publish"
    title = _("There is no draft to publish. Change the workflow first.")


class NotPublished(Conflict):
    code = "workflow_not_published"
    title = _("This workflow has never been published. Publish it first.")


class IsArchived(Conflict):
    code = "workflow_archived"
    title = _("This workflow is archived. Take it out of the archive first.")


class AlreadyInside(Conflict):
    code = "already_enrolled"
    title = _("The record is in this workflow already, or has been, and may not enter again.")


class IsOver(Conflict):
    code = "enrolment_over"
    title = _("This run is over.")


class NotFailed(Conflict):
    code = "enrolment_not_failed"
    title = _("Only a run that failed can be tried again.")


class NothingToSkip(Conflict):
    code = "nothing_to_skip"
    title = _("This run is not waiting.")
