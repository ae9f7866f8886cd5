"""Notes, files, tags, jobs, imports, exports and the rest that hangs on records."""

from typing import Any

from django.utils.timezone import now

from tests.matrix.needs import MAKER, PERSON, SETTINGS, SIGNED_IN, Need, deletes, edits, grant, makes, views
from tests.matrix.rows.record_types import merges
from tests.matrix.samples import row, the, upload

CONTACTS = views("contacts")
READS = views("notes") & CONTACTS
"""A note is read by whoever sees what it is about."""
SEES_FILE = views("files") & CONTACTS
OWN_NOTE = READS & MAKER & grant("edit", "notes")
DROPS_NOTE = READS & (MAKER & grant("edit", "notes") | grant("delete", "notes"))
DROPS_FILE = SEES_FILE & (MAKER & grant("create", "files") | grant("delete", "files"))
WATCHES = MAKER | SETTINGS
"""A job is its maker's, and of those who run the company."""
UNDOES = (MAKER | SETTINGS) & grant("edit", "contacts")
IMPORTS = grant("create", "contacts") | grant("edit", "contacts")
OWN_EXPORT = MAKER & grant("export", "contacts")
OWN_VIEW = MAKER & CONTACTS
ABOUT = {"record_type": "contacts", "record_id": the.contact}
DELETES_SOMETHING = Need("delete something", lambda who: who.may("view", "contacts") and who.may("delete", "contacts"))
MAKES_SOMETHING = Need("create or edit something", lambda who: any(
    who.may(verb, name) for verb in ("create", "edit") for name in ("contacts", "deals")
))  # fmt: skip

STOP_ASKING = 286
LONG_AGO = "2020-01-01T00:00:00Z"
NOTHING_SINCE = (422,)


def _goes_on(answer: Any) -> bool:
    """Nobody is told that there is no such job: the page stops asking."""
    return answer.status_code < STOP_ASKING


ROWS = [
    row("list_notes", READS, query=ABOUT),
    row("create_note", CONTACTS & makes("notes"), json=ABOUT | {"body": "Hi"}),
    row("get_note", READS),
    row("update_note", OWN_NOTE, json={"body": "Other"}),
    row("delete_note", DROPS_NOTE),
    row("restore_note", DROPS_NOTE, note_id=the.note_binned),
    row("list_replies", READS),
    row("create_reply", CONTACTS & makes("notes"), json={"body": "Yes"}),
    row("list_files", SEES_FILE, query=ABOUT),
    row("upload_file", CONTACTS & makes("files"), form=ABOUT | {"file": upload("a.txt", b"text")}),
    row("get_file", SEES_FILE),
    row("download_file", SEES_FILE),
    row("delete_file", DROPS_FILE),
    row("restore_file", DROPS_FILE, file_id=the.file_binned),
    row("list_tags", views("tags")),
    row("create_tag", grant("create", "tags"), json={"name": "east"}),
    row("get_tag", views("tags")),
    row("update_tag", SETTINGS, json={"name": "up"}),
    row("merge_tags", SETTINGS, json={"merged": [the.other_tag]}),
    row("delete_tag", SETTINGS),
    row("list_followers", CONTACTS, record_type="contacts", record_id=the.contact),
    row("follow_record", CONTACTS, record_type="contacts", record_id=the.contact),
    row("unfollow_record", CONTACTS, record_type="contacts", record_id=the.contact),
    row("list_jobs", SIGNED_IN),
    row("get_job", WATCHES),
    row("list_job_lines", WATCHES),
    row("stop_job", WATCHES, job_id=the.running),
    row("undo_job", UNDOES),
    row("create_import", IMPORTS, form={"type": "contacts", "rows": '[{"First name": "Asha"}]'}),
    row("get_import", WATCHES, import_id=the.imported),
    row("list_import_lines", WATCHES, import_id=the.imported),
    row("cancel_import", WATCHES, import_id=the.imported),
    row("undo_import", UNDOES, import_id=the.imported, ok=(409,)),
    row("create_export", grant("view export", "contacts"), json={"types": ["contacts"]}),
    row("get_export", OWN_EXPORT),
    row("get_export_file", OWN_EXPORT),
    row("get_merge", CONTACTS),
    row("undo_merge", merges("contacts")),
    row("preview_rewind", SETTINGS, json={"at": LONG_AGO}),
    row("start_rewind", SETTINGS, json=lambda things: {"at": now().isoformat()}, ok=NOTHING_SINCE),
    row("list_bin", grant("delete", "contacts"), query={"type": "contacts"}),
    row("purge_record", deletes("contacts") & SETTINGS, record_type="contacts", record_id=the.contacts_binned),
    row("list_duplicates", CONTACTS, query={"type": "contacts"}),
    row("scan_duplicates", edits("contacts"), json={"type": "contacts"}),
    row("dismiss_duplicate", edits("contacts")),
    row("reopen_duplicate", edits("contacts"), pair_id=the.pair_dismissed),
    row("list_fields", CONTACTS, query={"record_type": "contacts"}),
    row("create_field", SETTINGS, json={"record_type": "contacts", "label": "Size", "kind": "text"}),
    row("update_field", SETTINGS, json={"label": "Level"}),
    row("retire_field", SETTINGS),
    row("restore_field", SETTINGS, field_id=the.retired),
    row("search", SIGNED_IN, query={"q": "nair"}),
    row("search_suggestions", SIGNED_IN, query={"q": "na"}),
    row("search_figures", SETTINGS),
    row("list_views", SIGNED_IN),
    row("create_view", CONTACTS, json={"record_type": "contacts", "name": "Ours"}),
    row("get_view", OWN_VIEW),
    row("update_view", OWN_VIEW, json={"name": "Others"}),
    row("delete_view", OWN_VIEW),
]

PAGES = [
    row("GET home", PERSON),
    row("GET records:mentions", makes("notes"), query={"q": "m"}),
    row("GET records:note", READS),
    row("GET records:note-edit", OWN_NOTE),
    row("POST records:note-edit", OWN_NOTE, form={"body": "Other"}),
    row("POST records:note-pin", READS & grant("edit", "notes")),
    row("POST records:note-replies", CONTACTS & makes("notes"), form={"body": "Yes"}),
    row("GET records:note-versions", READS),
    row("POST records:note-delete", DROPS_NOTE),
    row("POST records:note-restore", DROPS_NOTE, note_id=the.note_binned),
    row("GET records:file", SEES_FILE),
    row("GET records:file-download", SEES_FILE),
    row("GET records:file-preview", SEES_FILE),
    row("POST records:file-delete", DROPS_FILE),
    row("POST records:file-restore", DROPS_FILE, file_id=the.file_binned),
    row("GET records:tag-options", views("tags")),
    row("GET records:tags", SETTINGS),
    row("GET records:time-machine", SETTINGS, query={"at": "2020-01-01T00:00"}),
    row("POST records:time-machine", SETTINGS, form={"at": "2099-01-01T00:00"}, ok=NOTHING_SINCE),
    row("GET records:tag-create", SETTINGS),
    row("POST records:tag-create", SETTINGS, form={"name": "east", "tone": ""}),
    row("GET records:tag-edit", SETTINGS),
    row("POST records:tag-edit", SETTINGS, form={"name": "up", "tone": ""}),
    row("GET records:tag-merge", SETTINGS),
    row("POST records:tag-merge", SETTINGS, form={"kept": the.other_tag}),
    row("POST records:tag-delete", SETTINGS),
    row("GET records:jobs", PERSON),
    row("GET records:job", WATCHES),
    row("GET records:job-lines", WATCHES),
    row("GET records:job-pulse", WATCHES, judge=_goes_on),
    row("POST records:job-stop", WATCHES, job_id=the.running),
    row("POST records:job-undo", UNDOES),
    row("GET records:imports", PERSON & MAKES_SOMETHING),
    row("GET records:import-new", PERSON & MAKES_SOMETHING),
    row("POST records:import-new", IMPORTS, form={"type": "contacts", "file": upload("a.csv", b"First name\nAsha\n")}),
    row("GET records:import", WATCHES, job_id=the.imported),
    row("GET records:import-columns", WATCHES, job_id=the.draft),
    row("POST records:import-columns", WATCHES, job_id=the.draft, form={"target.0": "first_name", "target.1": "email"}),
    row("POST records:import-reading", WATCHES, job_id=the.draft, form={}),
    row("GET records:import-details", WATCHES, job_id=the.draft),
    row("POST records:import-details", WATCHES, job_id=the.draft,
        form={"keys": "email", "mode": "both", "repeats": "skip", "overwrites": "all"}),
    row("GET records:import-preview", WATCHES, job_id=the.ready),
    row("POST records:import-preview", WATCHES, job_id=the.ready),
    row("GET records:import-errors", WATCHES, job_id=the.imported, ok=(409,), why="it has not run yet"),
    row("POST records:import-cancellation", WATCHES, job_id=the.draft),
    row("GET records:exports", grant("export", "contacts")),
    row("GET records:export-new", grant("view export", "contacts"), query={"type": "contacts"}),
    row("POST records:export-new", grant("view export", "contacts"), query={"type": "contacts"},
        form={"type": "contacts", "format": "csv"}),
    row("GET records:export", OWN_EXPORT, job_id=the.export),
    row("GET records:export-file", OWN_EXPORT, job_id=the.export),
    row("GET records:merges", PERSON),
    row("GET records:merged", CONTACTS),
    row("POST records:merge-undo", merges("contacts")),
    row("GET records:bin", DELETES_SOMETHING),
    row("POST records:bin-restore", deletes("contacts"), form={"keys": the.bin_key}),
    row("POST records:bin-purge", deletes("contacts") & SETTINGS, form={"keys": the.bin_key}),
    row("GET records:duplicates", CONTACTS),
    row("POST records:duplicates-scan", edits("contacts"), form={"type": "contacts"}),
    row("POST records:duplicates-dismissal", edits("contacts")),
    row("POST records:duplicates-reopening", edits("contacts"), pair_id=the.pair_dismissed),
    row("GET records:own-fields", SETTINGS),
    row("GET records:own-field-create", SETTINGS),
    row("POST records:own-field-create", SETTINGS, query={"type": "contacts"}, form={"label": "Size", "kind": "text"}),
    row("GET records:own-field-edit", SETTINGS),
    row("POST records:own-field-edit", SETTINGS, form={"label": "Level"}),
    row("POST records:own-field-retirement", SETTINGS),
    row("POST records:own-field-revival", SETTINGS, field_id=the.retired),
    row("POST records:own-field-place", SETTINGS, query={"to": "up"}),
    row("GET records:search", PERSON, query={"q": "nair"}),
    row("GET records:search-palette", PERSON, query={"q": "nair"}),
    row("POST records:search-note", PERSON, form={"q": "nair", "found": "1"}),
    row("POST records:search-forget", PERSON),
    row("GET records:search-figures", SETTINGS),
]  # fmt: skip
