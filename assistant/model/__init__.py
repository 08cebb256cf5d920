"""The chat model's side of an answer: what it is shown, what it wrote, and the lock that proves each statement."""
