"""What the terminal can do, and keeping it sane. Knows nothing of screens or models."""
