"""Workbooks that come in: read as any program wrote them, landed entry by entry."""
