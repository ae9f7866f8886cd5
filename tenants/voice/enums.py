from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Direction(models.TextChoices):
    OUTBOUND = "outbound", _("Outgoing")
    INBOUND = "inbound", _("Incoming")


class CallStatus(models.TextChoices):
    QUEUED = "queued", _("Dialling")
    RINGING = "ringing", _("Ringing")
    IN_PROGRESS = "in_progress", _("In conversation")
    COMPLETED = "completed", _("Completed")
    BUSY = "busy", _("Busy")
    NO_ANSWER = "no_answer", _("No answer")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Outcome(models.TextChoices):
    """What a call came to, whoever says so: the provider or a person who logs it."""

    ANSWERED = "answered", _("Answered")
    NO_ANSWER = "no_answer", _("No answer")
    BUSY = "busy", _("Busy")
    VOICEMAIL = "voicemail", _("Voicemail")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Disposition(models.TextChoices):
    """What the person on the phone made of it."""

    INTERESTED = "interested", _("Interested")
    CALL_BACK = "call_back", _("Call back")
    MEETING = "meeting", _("Meeting agreed")
    LEFT_MESSAGE = "left_message", _("Left a message")
    NOT_INTERESTED = "not_interested", _("Not interested")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    DO_NOT_CALL = "do_not_call", _("Do not call")


RANK: Final = {CallStatus.QUEUED: 0, CallStatus.RINGING: 1, CallStatus.IN_PROGRESS: 2}
"""How far a call is; every status not here is final, rank 3."""
FINAL_RANK: Final = 3
OPEN: Final = tuple(RANK)
OUTCOMES: Final = {
    CallStatus.COMPLETED: Outcome.ANSWERED,
    CallStatus.BUSY: Outcome.BUSY,
    CallStatus.NO_ANSWER: Outcome.NO_ANSWER,
    CallStatus.FAILED: Outcome.FAILED,
    CallStatus.CANCELLED: Outcome.CANCELLED,
}
LOGGED: Final = {
    Outcome.ANSWERED: CallStatus.COMPLETED,
    Outcome.NO_ANSWER: CallStatus.NO_ANSWER,
    Outcome.BUSY: CallStatus.BUSY,
    Outcome.VOICEMAIL: CallStatus.NO_ANSWER,
}
"""Outcomes a person may log, and the status such a call has."""


def rank(status: str) -> int:
    return RANK.get(CallStatus(status), FINAL_RANK)
