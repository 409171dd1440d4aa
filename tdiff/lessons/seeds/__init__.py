"""What the seed decides."""
