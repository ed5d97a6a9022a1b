"""Cards of the order desk."""
