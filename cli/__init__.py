"""The command line: the way in that joins the layers."""

from cli.app import main

__all__ = ["main"]
