"""PyTorch training and export; nothing at run time imports this."""
