"""A file to raw cells, read in a sandboxed child process."""
