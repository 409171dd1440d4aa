"""Steering away from words."""
