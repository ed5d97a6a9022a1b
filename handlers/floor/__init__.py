"""The warehouse in chat and on the scan page: waves, print, scans, stops, returns, stock."""
