"""What is printed, for whom, how often, and what the codes on it open."""
