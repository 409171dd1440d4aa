"""The networks in pure numpy: text tower, image tower, denoiser. Channels last throughout."""
