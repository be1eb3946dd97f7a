"""The demonstration: a sample city and the story of twelve hazards."""
