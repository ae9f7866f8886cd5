"""A column whose text is encrypted on the way in and comes back as a `Secret`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

from tenants.kernel.secrets import Secret, encrypt

if TYPE_CHECKING:
    Text = models.TextField[Any, Any]
else:
    Text = models.TextField


class SecretField(Text):
    """Assign the text; read a `Secret` and `reveal()` it where it is used.

    Nothing can be looked for in it, and no form, export or API shows it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        for name, usual in (("blank", True), ("default", ""), ("editable", False)):
            kwargs.setdefault(name, usual)
        super().__init__(*args, **kwargs)

    @property
    def purpose(self) -> str:
        return f"{self.model._meta.label_lower}.{self.column}"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Secret:
        return Secret(value or "", self.purpose)

    def to_python(self, value: Any) -> Any:
        return value

    def get_prep_value(self, value: Any) -> str:
        if isinstance(value, Secret):
            return value.token
        return encrypt(str(value), purpose=self.purpose) if value else ""

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))


def secret_columns() -> Iterator[tuple[type[models.Model], SecretField]]:
    """Every column of this kind in the house."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, SecretField):
                yield model, field
