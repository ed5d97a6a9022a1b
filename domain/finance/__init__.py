"""The business day in money: gathered, and shown to add up."""
