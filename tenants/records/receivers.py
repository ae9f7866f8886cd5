"""Rooms of the kernel that register themselves: kinds of jobs, consumers of events, what is encrypted, verbs."""

from tenants.records.bulk import kind as bulk_kind
from tenants.records.custom import rotating as custom_rotating
from tenants.records.duplicates import kind as duplicates_kind
from tenants.records.exporting import kinds as export_kinds
from tenants.records.files import receivers as file_receivers
from tenants.records.importing import kinds as import_kinds
from tenants.records.outbox import replaying as outbox_replaying
from tenants.records.past import kind as past_kind
from tenants.records.past import verb as past_verb
from tenants.records.search import following as search_following
from tenants.records.search import reindexing as search_reindexing

__all__ = [
    "bulk_kind",
    "custom_rotating",
    "duplicates_kind",
    "export_kinds",
    "file_receivers",
    "import_kinds",
    "outbox_replaying",
    "past_kind",
    "past_verb",
    "search_following",
    "search_reindexing",
]
