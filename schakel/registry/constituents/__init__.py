"""What a constituency looks after by itself: its wishes, contacts, products and lists."""
