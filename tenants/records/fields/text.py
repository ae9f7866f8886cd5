"""Words: short and long, plain and rich, and the kinds of text that have a form of their own."""

from typing import Any

import nh3
import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from tenants.kernel.names import is_currency
from tenants.records.fields.base import Field
from tenants.records.fields.phones import read_in_full
from tenants.records.locale import company_country

RICH_TAGS = set("p br b strong i em u s a ul ol li h2 h3 blockquote code pre".split())


class LongText(Field):
    kind = "long_text"
    ignores_case = False
    operators = ("contains", "not_contains", "starts_with", "empty", "not_empty")
    is_sortable = False

    def index_expression(self) -> Any:
        return None

    def form_field(self) -> forms.Field:
        return forms.CharField(required=self.is_required, widget=forms.Textarea, **self.form_words)


class RichText(LongText):
    """HTML of a few harmless tags; the rest is taken out on the way in."""

    kind = "rich_text"

    def checked(self, raw: Any) -> str:
        return clean_html(str(super().checked(raw)))


def clean_html(text: str) -> str:
    """Only what a letter needs: no scripts, styles, pictures, or links that run."""
    return nh3.clean(
        text, tags=RICH_TAGS, attributes={"a": {"href", "title"}}, url_schemes={"http", "https", "mailto", "tel"}
    )


class Email(Field):
    kind = "email"

    def checked(self, raw: Any) -> str:
        text = super().checked(raw).lower()
        try:
            validate_email(text)
        except ValidationError as error:
            raise ValidationError(_("Write an e-mail address, like name@example.com.")) from error
        return str(text)

    def form_field(self) -> forms.Field:
        return forms.CharField(required=self.is_required, widget=forms.EmailInput, **self.form_words)


class Phone(Field):
    """Kept as E.164; a number without + is read as one of the company's country."""

    kind = "phone"
    ignores_case = False

    def index_expression(self) -> Any:
        return self.expression()

    def checked(self, raw: Any) -> str:
        return read_in_full(str(raw).strip()) or self._looked_up(str(raw))

    def _looked_up(self, text: str) -> str:
        try:
            number = phonenumbers.parse(text, company_country())
        except phonenumbers.NumberParseException as error:
            raise ValidationError(_("Write a phone number with its country code, like +91 98200 11842.")) from error
        if not phonenumbers.is_possible_number(number):
            raise ValidationError(_("This number is too short or too long for its country."))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def form_field(self) -> forms.Field:
        return forms.CharField(required=self.is_required, widget=forms.TextInput({"type": "tel"}), **self.form_words)


class Currency(Field):
    kind = "currency"

    def checked(self, raw: Any) -> str:
        code = str(raw).strip().upper()
        if not is_currency(code):
            raise ValidationError(_("Write a three-letter currency code, like INR or EUR."))
        return code


class Url(Field):
    kind = "url"

    def checked(self, raw: Any) -> str:
        text = str(super().checked(raw))
        text = text if "://" in text else f"https://{text}"
        if not text.startswith(("http://", "https://")) or " " in text:
            raise ValidationError(_("Write a web address, like https://example.com."))
        return str(super().checked(text))
