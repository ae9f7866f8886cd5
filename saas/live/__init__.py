"""Live pages: the sockets of browsers, in a process of their own (`saas.asgi`)."""
