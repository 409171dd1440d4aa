"""What is kept on disk between runs: settings, the history, where the explorer was left, progress in the lessons."""
