"""Other companies' formats: sales platforms' files and payloads in, answers out."""
