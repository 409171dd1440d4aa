"""Cases that have no right answer."""
