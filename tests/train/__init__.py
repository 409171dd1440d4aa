"""What is needed to train: only where PyTorch is installed, or where it needs none."""
