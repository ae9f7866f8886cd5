"""What a record is called in a file, so that people and other systems can tell which is meant."""

from typing import Any

from tenants.records.registry import type_of


def human_key(record: Any) -> str:
    """A user's e-mail; the pipeline and name of a stage; the title of whatever else."""
    if record is None:
        return ""
    if record._meta.label == "identity.User":
        return str(record.email)
    found = type_of(record)
    if found and len(found.natural) > 1:
        return " / ".join(str(found.fields[name].value(record) or "") for name in found.natural)
    return str(record)
