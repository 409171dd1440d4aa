import pytest

import tdiff
from tdiff.lessons.core.card import Lesson
from tdiff.lessons.core.loader import load_lesson
from tdiff.pipeline import Pipeline
from tests.lessons.running import Runs


@pytest.fixture(scope="session")
def lesson() -> Lesson:
    return load_lesson(1)


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    return tdiff.load()


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Runs:
    """What experiments found; pytest-xdist's workers share it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "experiments"
    folder.mkdir(exist_ok=True)
    return Runs(folder)
