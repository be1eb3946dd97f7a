"""The words of pages: of facts, instants and events, and all there are to translate."""
