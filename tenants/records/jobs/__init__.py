"""Background jobs: imports, exports, bulk edits, scans. They show how far they are, stop, resume, undo."""
