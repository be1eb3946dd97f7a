"""What we remember: rows, questions, history, files, migrations."""
