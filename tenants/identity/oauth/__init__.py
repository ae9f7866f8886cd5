"""Programs of others: who they are, what people here let them do, and the tokens that come of it."""
