"""Letters and the outbox they wait in."""
