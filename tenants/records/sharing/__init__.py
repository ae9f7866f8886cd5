"""One record opened to one person or team."""
