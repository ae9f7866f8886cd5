"""The second factor: codes from an app, and codes on paper for the day the phone is gone."""
