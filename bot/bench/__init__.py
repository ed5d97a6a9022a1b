"""`run.py bench`: what we cost beside the raw limit."""
