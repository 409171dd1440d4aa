"""What is taught: cards as data files, the experiments that answer their questions, and how far a learner has come."""
