"""What happens by itself: workflows, their engine, and what they may do."""
