"""Questions over several tables: cases, the desk, the ledger, exports, the proof."""
