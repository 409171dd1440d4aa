"""What each word of a prompt does."""
