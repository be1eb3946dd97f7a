"""The diagram of a procedure: boxes, arrows, and the picture of them."""
