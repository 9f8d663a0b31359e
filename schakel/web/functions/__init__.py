"""The functions: their plans, what they give each other, what they make, and questions to them."""
