"""The few instruments that every lesson shares."""
