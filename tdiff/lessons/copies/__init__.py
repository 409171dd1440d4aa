"""Whether pictures are copies of training pictures."""
