"""The text–image pair: which text fits which picture."""
