"""How the rows of a list are laid out: as a sheet, in groups, on a board, in a calendar, on a map."""
