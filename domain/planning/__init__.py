"""From orders to boxes: merging, splitting, warehouse and courier, and what a box costs."""
