"""The audit of a place: a chain of entries that can be added to and not changed unnoticed."""
