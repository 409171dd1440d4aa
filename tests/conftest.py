"""What holds for every test."""

import os
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tdiff.threads import one_thread_unless_asked
from tests.counts import times

one_thread_unless_asked(os.environ)  # tests run side by side
_OFFLINE = os.environ.get("TDIFF_OFFLINE")
"""Where set, no process of the tests may reach another machine, and every attempt fails the run."""

# No test asserts a time: on a slow machine generating inputs takes long, and that is no fault of the code.
settings.register_profile(
    "tdiff", max_examples=times(100, 10_000), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tdiff")

_SLOW_FOLDERS = ("pty", "serve")  # tests start programs
_SLOW_FIXTURES = ("ran",)  # experiments run in full


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what is slow for one reason everywhere; modules and tests say so themselves."""
    folders = [Path(__file__).parent / name for name in _SLOW_FOLDERS]
    for item in items:
        used = getattr(item, "fixturenames", ())
        if any(folder in item.path.parents for folder in folders) or any(name in used for name in _SLOW_FIXTURES):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)  # so that workers end together


@pytest.fixture(scope="session", autouse=True)
def offline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No way out of this machine, where that is asked for."""
    if not _OFFLINE:
        yield
        return
    notes = tmp_path_factory.mktemp("offline") / "attempts"
    folder = Path(__file__).with_name("offline")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TDIFF_OFFLINE_NOTES", str(notes))
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")])))
        runpy.run_path(str(folder / "sitecustomize.py"))
        yield
    assert not notes.exists(), f"something reached for the network:\n{notes.read_text()}"


@pytest.fixture(scope="session", autouse=True)
def away_from_the_checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What a test writes without naming a folder lands in a temporary one, and no settings of the user count."""
    folder = tmp_path_factory.mktemp("somewhere")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in ("CONFIG", "STATE", "CACHE"):
            patch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
        yield
