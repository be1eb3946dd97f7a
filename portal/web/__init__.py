"""The portal as a web application: requests, sessions, pages, answers."""
