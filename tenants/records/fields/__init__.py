"""Field objects: one for each kind of value a record can hold."""

from tenants.records.fields.base import CHOICE_OPERATORS, ORDER_OPERATORS, SET_OPERATORS, TEXT_OPERATORS, Field
from tenants.records.fields.choices import Boolean, Many, MultiSelect, Select, Tags
from tenants.records.fields.confidential import Confidential, Masked, purpose_of
from tenants.records.fields.links import FileLink, Person, Relation, TeamLink, Uuid, mask_of
from tenants.records.fields.making import MAKERS, describe
from tenants.records.fields.moments import Date, DateTime
from tenants.records.fields.numbers import DecimalNumber, Money, Number, Percent
from tenants.records.fields.shapes import Address, AddressPart, Json
from tenants.records.fields.text import Currency, Email, LongText, Phone, RichText, Url, clean_html

__all__ = [
    "CHOICE_OPERATORS",
    "MAKERS",
    "ORDER_OPERATORS",
    "SET_OPERATORS",
    "TEXT_OPERATORS",
    "Address",
    "AddressPart",
    "Boolean",
    "Confidential",
    "Currency",
    "Date",
    "DateTime",
    "DecimalNumber",
    "Email",
    "Field",
    "FileLink",
    "Json",
    "LongText",
    "Many",
    "Masked",
    "Money",
    "MultiSelect",
    "Number",
    "Percent",
    "Person",
    "Phone",
    "Relation",
    "RichText",
    "Select",
    "Tags",
    "TeamLink",
    "Url",
    "Uuid",
    "clean_html",
    "describe",
    "mask_of",
    "purpose_of",
]
