"""Fields that a company adds to its record types: equal citizens beside ours."""
