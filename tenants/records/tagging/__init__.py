"""The company's vocabulary of tags."""
