"""The pages of notifications: the centre, how one wants to be told, and the company's settings of both."""
