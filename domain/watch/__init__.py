"""What did not happen and should have: worries with an owner and a clock, and the hand-over of a shift."""
