"""Copies, sandboxes, exports and imports of companies, at the desks of platform and agencies."""
