"""Stock: buckets, ledger, bins, batches, the stock room's documents, and what units cost."""
