"""The triggers and actions that automation itself offers; modules add theirs."""
