"""Mixing noise into pictures, and what is left of them."""
