"""One person in several companies of an agency: which, as what, and over to them in one click."""
