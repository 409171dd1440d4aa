"""What the models were shown: concepts, palette, sprites, scenes, captions."""
