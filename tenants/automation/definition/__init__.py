"""What a workflow says: its shape, templates and formulas in it, what is wrong with it, and its compiled plan."""
