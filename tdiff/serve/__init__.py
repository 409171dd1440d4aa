"""A model that stays loaded, asked over a socket; and the explorer in a browser."""
