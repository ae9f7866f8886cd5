"""Sessions in the table of the place, bound to the door they were opened at."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DbStore

from tenants.kernel import context


class SessionStore(DbStore):
    """A key from another agency's door, or another company, finds no row here."""

    @classmethod
    def get_model_class(cls) -> Any:
        from tenants.identity.models import Session  # models load after the session engine

        return Session

    @property
    def scope(self) -> str:
        return context.place().salt

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]
        if row is not None and row.scope != self.scope:
            self._session_key = None
            return None
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.scope = self.scope
        row.user_id = data.get("_auth_user_id")
        return row
