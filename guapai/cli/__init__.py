"""The command line: the way in that joins the layers."""

from guapai.cli.app import main

__all__ = ["main"]
