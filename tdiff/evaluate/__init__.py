"""Measuring the model: prompt following, negatives, diversity, naturalness, memorisation."""
