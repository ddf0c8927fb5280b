"""What licences, customers and their rules are: standard library only, no files, no clock."""
