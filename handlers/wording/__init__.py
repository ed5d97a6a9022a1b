"""Names and refusals in the reader's language, by code; they draw nothing."""
