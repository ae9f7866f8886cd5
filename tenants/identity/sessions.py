"""Sessions in the table of the place, bound to the door they were opened at, ending when its rules say."""

from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DbStore
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from tenants.kernel import context

SEEN_NOTED_EVERY = timedelta(minutes=1)
TOLD = ("method", "ip", "agent")


class SessionStore(DbStore):
    """A key from another agency's door, or another company, finds no row here; nor does one that sat too long."""

    @classmethod
    def get_model_class(cls) -> Any:
        from tenants.identity.models import Session  # models load after the session engine

        return Session

    @property
    def scope(self) -> str:
        return context.place().salt

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]
        if row is not None and (row.scope != self.scope or has_ended(row)):
            self._session_key = None
            return None
        if row is not None:
            self._note_seen(row)
        return row

    def _note_seen(self, row: Any) -> None:
        """Coarsely, so that reads hardly ever write."""
        now = timezone.now()
        if row.user_id and now - row.seen_at > SEEN_NOTED_EVERY:
            self.get_model_class().objects.filter(pk=row.pk).update(seen_at=now)

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """What is known of the browser lies in the session and is shown by the row."""
        if data.get("_auth_user_id"):
            data.setdefault("opened_at", timezone.now().isoformat())
        row: Any = super().create_model_instance(data)
        row.scope = self.scope
        row.user_id = data.get("_auth_user_id")
        row.opened_at = parse_datetime(data.get("opened_at", ""))
        for name in TOLD:
            setattr(row, name, data.get(f"_{name}", ""))
        return row


def has_ended(row: Any) -> bool:
    """Whether a signed-in browser was idle too long, or was signed in too long ago."""
    from tenants.identity.signin.rules import policy_now  # needs the models

    if not row.user_id:
        return False
    rules, now = policy_now(), timezone.now()
    if now - row.seen_at > timedelta(minutes=rules.idle_minutes):
        return True
    return bool(row.opened_at and now - row.opened_at > timedelta(hours=rules.absolute_hours))
