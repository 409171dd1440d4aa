"""How a network learns to predict noise."""
