"""What people and clocks do: one act, one transaction."""
