"""A text that nobody reads in passing: encrypted in the row, a mask wherever it is shown.

The token is bound to company, field and record: copied to another record or field it
decrypts to nothing. Lists, filters, sorts, groups, files and searches do not know the
field; see infra/docs/secrets.md for every place and what it does there.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenants.kernel.secrets import MASK, Secret, Typed, encrypt
from tenants.records.fields.base import Field

IS_SET = {"is_set": True}
CLEAR = ".clear"
"""Behind the field's name: the box that empties it. An empty input leaves what is there."""


class Masked(str):
    """What history keeps of a confidential value: a mask, equal to itself only while the value is the same one."""

    __slots__ = ("token",)
    token: str

    def __new__(cls, token: str = "") -> "Masked":
        found = super().__new__(cls, MASK)
        found.token = token
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Masked) and bool(self.token) and other.token == self.token

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.token)


class Confidential(Field):
    """Read it gives a `Secret`, whose `reveal()` only the action that writes the audit calls."""

    kind = "secret"
    operators = ()
    is_sortable = False
    is_secret = True
    ignores_case = False

    def loaded(self, stored: Any, record: Any) -> Any:
        return Secret(str(stored), purpose_of(record, self.key)) if stored else None

    def assign(self, record: Any, value: Any) -> None:
        """Encrypt anew for this very record, whoever's the value was. Within a transaction."""
        if self.is_blank(value):
            record.custom.pop(self.key, None)
        else:
            record.custom[self.key] = encrypt(value.reveal(), purpose=purpose_of(record, self.key))

    def checked(self, raw: Any) -> Any:
        if isinstance(raw, Secret | Typed):
            return raw
        text = str(super().checked(raw))
        if not text.strip("•"):
            raise ValidationError(_("This is a mask. Write the value itself, or leave it out."))
        return Typed(text)

    def to_api(self, record: Any) -> Any:
        """Only that there is a value. No part of it, since parts of short numbers give them away."""
        return IS_SET if record.custom.get(self.key) else None

    def api_of(self, value: Any) -> Any:
        return None if self.is_blank(value) else Masked(value.token if isinstance(value, Secret) else "")

    def shown(self, record: Any) -> Any:
        """A form starts empty: what is kept is replaced, never read."""
        return ""

    def sent(self, data: Any) -> Any:
        """Nothing typed keeps what is there, unless its box says to empty it."""
        return data.get(self.name) or ("" if data.get(f"{self.name}{CLEAR}") else None)

    def index_expression(self) -> Any:
        return None

    def form_field(self) -> forms.Field:
        return forms.CharField(
            required=False, max_length=self.max_length, widget=forms.PasswordInput, **self.form_words
        )


def purpose_of(record: Any, key: str) -> str:
    return f"{record._meta.label_lower}.custom.{key}.{record.pk}"
