"""Backups of companies: where they lie, how long they are kept."""

from saas.settings import env

BACKUP_URL = env.text("BACKUP_URL", f"file://{env.DATA_DIR}/backups")
# Every company once a day, unless a rule says otherwise.
BACKUP_DAILY = env.text("BACKUP_DAILY", "1") == "1"
# The newest of so many days, weeks and months.
BACKUP_KEEP = tuple(int(part) for part in env.text("BACKUP_KEEP", "7,4,6").split(","))
# How long backups of an erased company are kept.
BACKUP_ERASED_DAYS = env.number("BACKUP_ERASED_DAYS", 35)
# So many are made at the same time; the others wait for their turn.
BACKUPS_AT_ONCE = env.number("BACKUPS_AT_ONCE", 2)
# How long a restored copy, or what a swap put aside, is kept beside the company.
RESTORE_KEPT_DAYS = env.number("RESTORE_KEPT_DAYS", 7)
