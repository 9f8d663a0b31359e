"""Plain text and Markdown, as people type them."""
