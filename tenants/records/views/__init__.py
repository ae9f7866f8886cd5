"""Saved views: a list as somebody wants to find it again, kept for one, a team or everybody."""
