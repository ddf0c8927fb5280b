"""`serve`: the inbox, the scheduled exports, and who is told of them."""
