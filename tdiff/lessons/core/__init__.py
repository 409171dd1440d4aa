"""What the topics of the lessons share."""
