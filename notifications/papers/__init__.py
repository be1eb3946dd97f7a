"""Templates of the papers we issue, one Typst file each, filled with data by typesetting."""
