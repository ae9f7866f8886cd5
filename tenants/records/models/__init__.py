"""Tables that serve all record types at once.

A record is pointed at by (record type name, id), so these tables know nothing of
the modules and a schema can be taken away whole.
"""

from tenants.records.models.base import Pointer, Record, record_indexes
from tenants.records.models.matching import Merge, Pair
from tenants.records.models.outbox import Event, Undelivered
from tenants.records.models.search import SearchEntry, SearchLog, SearchWord
from tenants.records.models.shaping import CustomField, Preference, SavedView, Tag
from tenants.records.models.sharing import Rule, Share
from tenants.records.models.story import Change, File, Follow, Note
from tenants.records.models.work import Job, JobLine

__all__ = [
    "Change",
    "CustomField",
    "Event",
    "File",
    "Follow",
    "Job",
    "JobLine",
    "Merge",
    "Note",
    "Pair",
    "Pointer",
    "Preference",
    "Record",
    "Rule",
    "SavedView",
    "SearchEntry",
    "SearchLog",
    "SearchWord",
    "Share",
    "Tag",
    "Undelivered",
    "record_indexes",
]
