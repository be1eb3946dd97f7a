"""What the rules demand: provisions, rule packs, working days, due dates. Pure."""
