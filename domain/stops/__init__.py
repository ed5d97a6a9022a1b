"""Stopping what must not leave: refunds, blocks, pulls, recalls, the answer to the platform, and returns."""
