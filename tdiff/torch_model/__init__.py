"""The networks in PyTorch, which training and the torch engine share; `tdiff.model` has the same ones in numpy."""
