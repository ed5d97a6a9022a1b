"""From a new order to an approved one: every reason to wait, the queue, one by one or as a set, and limits."""
