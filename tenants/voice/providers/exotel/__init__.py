"""Exotel, by its v1 REST interface."""

from tenants.voice.providers.exotel.adapter import Exotel

__all__ = ["Exotel"]
