"""What people do with shared items: draft, review, publish, update, retract."""
