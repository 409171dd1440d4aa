"""Taking the noise out step by step."""
