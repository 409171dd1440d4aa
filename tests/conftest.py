"""What holds for every test."""

from hypothesis import HealthCheck, settings

# No test asserts a time: on a slow machine generating inputs takes long, and that is no fault of the code.
settings.register_profile("tdiff", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tdiff")
