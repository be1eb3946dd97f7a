"""How a hazard ends: accepted, struck off, looked back at."""
