"""The kernel and the way in: clock, errors, people, settings, text, and the command line that joins the layers."""
