"""How long a statement may work and wait, set together with the place.

`ALTER ROLE … SET` would not do: it counts for who signs in, and nobody signs in as a company.
"""

from dataclasses import dataclass

from django.conf import settings

from tenants.kernel.context import Context

WAITED_FOR = ("page", "api", "hook")
"""Sources of work that somebody waits for; all else may take its time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds; None leaves what the server has by default."""

    statement: int | None = None
    lock: int | None = None
    idle: int | None = None

    def statements(self, word: str = "SET") -> list[str]:
        named = {
            "statement_timeout": self.statement, "lock_timeout": self.lock,
            "idle_in_transaction_session_timeout": self.idle,
        }  # fmt: skip
        return [f"{word} {name} TO {_value(seconds)}" for name, seconds in named.items()]


NONE = Limits()


def limits_for(context: Context) -> Limits:
    """By the plan of the company and by who waits. The house's own work has none."""
    place = context.place
    if place.role is None:
        return NONE
    if context.source not in WAITED_FOR:
        return Limits(settings.WORK_STATEMENT_SECONDS, settings.WORK_LOCK_SECONDS, settings.WORK_IDLE_SECONDS)
    by_plan = settings.STATEMENT_SECONDS
    return Limits(by_plan.get(place.plan, by_plan[""]), settings.LOCK_SECONDS, settings.IDLE_SECONDS)


def _value(seconds: int | None) -> str:
    return "DEFAULT" if seconds is None else f"'{int(seconds)}s'"
