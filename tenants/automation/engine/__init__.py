"""Records enter, are advanced from step to step, wait, are woken, end. One code for live, dry runs and backtests."""
