"""The order and its lines: what was sold (products, sets), what is still owed, what a person sets right on it."""
