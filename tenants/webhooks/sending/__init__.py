"""Deliveries on their way: claimed in batches, sent by several threads down kept connections, noted at once."""
