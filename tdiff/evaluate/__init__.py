"""Measuring the model: prompt following, negatives, looks, variety, diversity, naturalness, memorisation."""
