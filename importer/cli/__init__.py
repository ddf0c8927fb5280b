"""The command line: one command a file; what is heavy is imported by the command that needs it."""
