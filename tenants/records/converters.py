"""`<records:record_type>` in URLs: a registered record type, else no such page."""

from django.urls import register_converter

from tenants.kernel.errors import NotFound
from tenants.records.registry import RecordType, type_named


class RecordTypeConverter:
    regex = "[a-z_]+"

    def to_python(self, value: str) -> RecordType:
        try:
            return type_named(value)
        except NotFound as error:
            raise ValueError(value) from error

    def to_url(self, value: "RecordType | str") -> str:
        return value if isinstance(value, str) else value.name


register_converter(RecordTypeConverter, "record_type")
