"""What the business means: standard library only, synchronous, with no clock and no I/O of its own.

One package for each part of the work, in the order in which an order walks through them: intake, addresses, orders,
review, planning, waybills, floor, paper, stock, stops; then customers, people, policy, watch and finance
(docs/decisions/0022-the-domain-has-rooms.md).
"""
