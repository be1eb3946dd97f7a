"""Benchmarks: what we do beside the least that could do the same work, on both databases."""
