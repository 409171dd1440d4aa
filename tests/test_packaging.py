"""What belongs to a release: metadata, the parts of CI, the workflows that call them."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

import tdiff

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WORKFLOWS = {path.stem: path.read_text("utf-8") for path in (ROOT / ".github" / "workflows").glob("*.yml")}


def pythons() -> list[str]:
    """The versions that the classifiers name."""
    found = (re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", line) for line in PROJECT["classifiers"])
    return [version[1] for version in found if version]


def test_the_metadata_say_one_version_and_which_pythons_there_are() -> None:
    assert PROJECT["version"] == tdiff.__version__
    assert pythons() == ["3.11", "3.12", "3.13", "3.14"]
    assert PROJECT["requires-python"] == f">={pythons()[0]}"
    assert "Typing :: Typed" in PROJECT["classifiers"] and (ROOT / "tdiff" / "py.typed").is_file()


def test_the_workflows_test_every_python_and_call_parts_that_there_are() -> None:
    matrices = re.findall(r"python: \[(.+)\]", WORKFLOWS["tests"])
    assert len(matrices) == 2 and all(re.findall(r"[\d.]+", matrix) == pythons() for matrix in matrices)
    assert all(system in WORKFLOWS["tests"] for system in ("ubuntu-latest", "macos-latest", "windows-latest"))
    called = set(re.findall(r"bash \.ci/run ?(\w*)", "\n".join(WORKFLOWS.values())))
    parts = set(re.findall(r"^(\w+)\(\) \{", (ROOT / ".ci" / "run").read_text("utf-8"), re.M))
    assert called and called <= parts


def test_the_workflows_are_yaml_whose_jobs_have_steps() -> None:
    yaml = pytest.importorskip("yaml", reason="needs PyYAML, which the extra test brings")
    assert set(WORKFLOWS) == {"tests", "release"}
    for name, text in WORKFLOWS.items():
        content = yaml.safe_load(text)
        assert content["name"] and content[True], f"{name} does not say when it runs"  # "on" is true in YAML 1.1
        for job in content["jobs"].values():
            called = job.get("uses", "").removeprefix("./.github/workflows/").removesuffix(".yml")
            assert (job.get("steps") and job["runs-on"]) or called in WORKFLOWS
            assert set(job.get("needs", [])) <= set(content["jobs"]) or job["needs"] in content["jobs"]


def test_a_release_is_published_without_a_token() -> None:
    release = WORKFLOWS["release"]
    publish = release.partition("publish:")[2]
    assert "id-token: write" in publish and "environment: pypi" in publish
    assert "id-token" not in release.partition("publish:")[0], "only the job that publishes may ask for one"
    assert "secrets." not in release and "password" not in release


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_a_part_that_there_is_not_is_refused_in_one_sentence() -> None:
    done = subprocess.run(["bash", str(ROOT / ".ci" / "run"), "tset"], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "there is no part tset" in done.stderr and "headless" in done.stderr
