"""One action on many records: chosen by ids or by a filter, row by row, with results and undo."""
