"""Web push: the key of the company, its signature, and the seal that only a browser opens."""
