"""How hard the prompt is followed."""
