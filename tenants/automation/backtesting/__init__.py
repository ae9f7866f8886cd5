"""Before publishing: what a workflow would have done with what really happened."""
