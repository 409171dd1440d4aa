import pytest

pytest.register_assert_rewrite("tests.lessons.experiment_checks")
