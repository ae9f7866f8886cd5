"""Stand-ins: one person lends another what they may do with records, until a moment."""
