"""What a model makes where the prompt leaves it open."""
