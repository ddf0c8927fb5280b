"""The command line: one command per file, which imports what is heavy when it runs."""
