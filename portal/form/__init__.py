"""Forms: what they offer, what they know, and what was sent with them."""
