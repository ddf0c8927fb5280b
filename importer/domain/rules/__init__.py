"""The rules of DOMAIN.md: the changes that a request makes, or the problems that refuse it."""
