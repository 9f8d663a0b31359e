"""What comes in to be shared and could not be read, and the news feed of what went out."""
