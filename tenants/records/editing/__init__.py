"""The forms in which people fill and change a record."""
