"""View as: who leads the company sees it as a member does, without being able to change anything."""
