"""Raw cells to requests and problems."""
