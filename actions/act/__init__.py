"""One act: performing a move, its duties and signatures, and what could be done."""
