"""Each format of spreadsheets: what its bytes say before and beside what calamine reads."""
