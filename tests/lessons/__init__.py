import pytest

pytest.register_assert_rewrite("tests.lessons.running")
pytest.register_assert_rewrite("tests.lessons.showable")
