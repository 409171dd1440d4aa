"""The command line, as the tests of commands run it, and Ray without a token in the home folder."""

import os

from tests.commands.conftest import tdiff as tdiff

os.environ.setdefault("RAY_AUTH_MODE", "disabled")  # read as Ray is imported
