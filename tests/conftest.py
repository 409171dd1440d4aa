"""What holds for every test."""

import os

from hypothesis import HealthCheck, settings

from tdiff.threads import one_thread_unless_asked

one_thread_unless_asked(os.environ)  # tests run side by side

# No test asserts a time: on a slow machine generating inputs takes long, and that is no fault of the code.
settings.register_profile("tdiff", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tdiff")
