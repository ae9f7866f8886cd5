"""Roles: how far each verb goes for each type of record, and which fields stay hidden or untouched."""
