"""The permission matrix: every route, asked by everybody who might try."""
