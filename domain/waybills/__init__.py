"""E-waybill numbers: their accounts, where each is, and what wants a person."""
