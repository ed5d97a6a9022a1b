"""Chat topics: thin aiogram routers; cards, taps and texts that know no framework."""
