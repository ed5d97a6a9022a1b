"""The house rules: one document, checked line by line, with a version that every decision records."""
