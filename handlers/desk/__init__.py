"""The order desk in chat: files in, orders found, reviewed, held and released; customers."""
