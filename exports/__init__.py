"""Files for people: workbooks, pick lists, packing slips."""
