"""Sharing rules: records that meet a filter are open to a role, a team or everybody, whoever owns them."""
