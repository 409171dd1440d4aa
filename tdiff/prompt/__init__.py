"""From typed words to token ids, with what became of each word."""
