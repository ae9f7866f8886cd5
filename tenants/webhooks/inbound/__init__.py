"""Webhooks in: addresses of ours that other systems tell things to. What is told becomes an event."""
