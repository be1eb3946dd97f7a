"""The ground: engines, units of work, statements, columns, the search by pairs."""
