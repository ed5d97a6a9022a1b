"""Customers: history, tags, and the blacklist with its proposals, evidence and appeals."""
