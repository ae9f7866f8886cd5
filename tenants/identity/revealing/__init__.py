"""Confidential values in the clear: for whoever may, one at a time, never without a line in the audit."""
