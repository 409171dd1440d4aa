"""Changing the prompt on the way: when what is decided."""
