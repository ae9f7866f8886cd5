"""A duration: kept as seconds, read as minutes and seconds."""

from typing import Any

from django.db import models

from tenants.records.fields import MAKERS, Number


class Seconds(int):
    """Prints as 2:11 or 1:02:11."""

    def __str__(self) -> str:
        hours, rest = divmod(int(self), 3600)
        minutes, seconds = divmod(rest, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class SecondsField(models.PositiveIntegerField):  # type: ignore[type-arg]
    is_seconds = True


class Duration(Number):
    kind = "duration"

    def value(self, record: models.Model) -> Any:
        found = getattr(record, self.name)
        return None if found is None else Seconds(found)

    def to_api(self, record: models.Model) -> Any:
        return getattr(record, self.name)


# A kind of ours among the house's: the first maker that fits is taken.
MAKERS.insert(0, (lambda field: getattr(field, "is_seconds", False), Duration))
