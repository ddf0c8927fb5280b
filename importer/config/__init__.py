"""The configuration file and its limits."""
