"""One search over every record type: index, queries, syntax, palette, figures."""
