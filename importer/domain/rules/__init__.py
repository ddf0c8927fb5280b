"""The rules of docs/rules.md: the changes that a request makes, or the problems that refuse it."""
