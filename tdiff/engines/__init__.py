"""What pictures are made with: the protocol that a pipeline asks of a model, and the models that fulfil it."""
