"""What the model is, counted, and where it fails."""
