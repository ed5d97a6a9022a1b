"""What people type, scan or photograph, read: codes, days, addresses."""
