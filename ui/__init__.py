"""The browser chat. Knows nothing of the evaluation."""
