"""The pages of every record type. Thin; actions do the work."""
