"""What platforms tell becomes orders and changes of orders; what people paste, and tables no format knows."""
