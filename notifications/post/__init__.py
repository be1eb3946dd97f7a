"""The post: sealing, offices, the wire to a mail server, and its answers."""
