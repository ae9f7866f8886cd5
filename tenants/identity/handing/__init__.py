"""Handing over: what one person owns goes to another, or to several in turn."""
