"""Cards of the office."""
