"""Who acts and what they may do, who must know, and what a person is being asked."""
