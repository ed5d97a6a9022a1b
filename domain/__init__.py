"""What the business means: standard library only, synchronous, with no clock and no I/O of its own."""
