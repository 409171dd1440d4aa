"""What the explorer shows, as plain values: pictures, places on the scrubber, curves, text. Knows no widget."""
