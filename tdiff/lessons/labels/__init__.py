"""Saying where a picture is from: metadata, credentials, hidden marks."""
