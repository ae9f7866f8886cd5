"""What people write about records."""
