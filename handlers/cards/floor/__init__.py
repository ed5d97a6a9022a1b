"""Cards of the warehouse."""
