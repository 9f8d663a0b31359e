"""Who gets an item, counted and listed before it goes out; and by which of its addresses, or why not."""
