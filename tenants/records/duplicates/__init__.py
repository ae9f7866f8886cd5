"""Records that may be one: found on creation and by a scan, looked at in a queue."""
