"""Arrays to cells or files: colour depth, half blocks, PNG, GIF, contact sheets. Knows nothing of models or screens."""
