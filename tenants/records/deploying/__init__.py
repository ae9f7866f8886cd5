"""Bringing what was tried out in a sandbox into its company: compared thing by thing, chosen, applied as a job."""
