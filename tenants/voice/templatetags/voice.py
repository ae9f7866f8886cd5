"""{% load voice %} {% phone call.to_number %}: +91 98200 11842."""

from django import template

from tenants.records.cells import phone_text

register = template.Library()


@register.simple_tag
def phone(number: str) -> str:
    return phone_text(number) if number else ""
