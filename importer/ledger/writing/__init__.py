"""Write a batch: its rows, its journal lines and its hash."""
