"""The tree of the sample noun is no part of this house; its tests run in a copy that has it."""

collect_ignore = ["tree"]
