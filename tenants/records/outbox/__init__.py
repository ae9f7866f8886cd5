"""From the commit to the consumers: delivery in order, what failed, what is told again."""
