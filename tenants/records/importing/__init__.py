"""Bringing records in: files read in a stream, mapped, previewed, written in pieces, taken back if need be."""
