"""The REST routes that every record type has."""
