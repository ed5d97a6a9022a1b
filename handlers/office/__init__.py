"""The office in chat: coming in, staff, house rules, the day's report, alerts."""
