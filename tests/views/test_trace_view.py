"""A recorded run as the bench shows it: what was recorded, and what another w would have made of a step."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tdiff.errors import TraceError, UsageError
from tdiff.provenance import read_metadata
from tdiff.recipe import Recipe
from tdiff.traces.reader import open_trace
from tdiff.views.trace_opening import view_of_traces
from tdiff.views.trace_pair import TracePair
from tdiff.views.trace_view import UNKNOWN, TraceView

from ..traces import recording
from .latents import COLOURS, SIGMAS, SIZE, W, arrays, recorded


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return recorded(tmp_path / "run.tdiff", count=2)


@pytest.fixture
def view(path: Path) -> TraceView:
    found = view_of_traces([path])
    assert isinstance(found, TraceView)
    return found


def moved(view: TraceView, guidance: float) -> None:
    view.change(view.recipe.replace(guidance=guidance))


def test_its_canvases_are_the_recorded_ones_at_their_own_size(path: Path, view: TraceView) -> None:
    view.move(2)
    wanted = open_trace(path).previews(2)
    found = [figure.picture for figure in view.figures()]
    for picture, recorded_one in zip(found, (wanted.x_t, wanted.eps, wanted.x0), strict=True):
        assert picture is not None and picture.shape == (*SIZE, 3) and np.array_equal(picture, recorded_one[0])
    assert view.track().total == 4 and view.track().noise_level == pytest.approx(SIGMAS[2])
    view.move(99)
    finished = view.figures()[0]
    assert (
        finished.title == "finished picture" and finished.picture is not None and finished.picture.shape == (96, 64, 3)
    )
    assert "64×96" in finished.note and view.track().noise_level == 0


def test_it_says_recorded_and_by_which_model(view: TraceView) -> None:
    assert view.caption == "recorded · tiny-sd d1ffd1ff · DDIMScheduler"
    assert "recorded" in str(view.command()) and view.plot().source == "recorded"
    assert "Recorded: 4 steps of tiny-sd" in view.page().text
    assert [curve.name for curve in view.plot().curves] == [
        "noise level σ", "size of ε̂", "change of x̂₀", "predictions apart",
    ]  # fmt: skip


def test_another_guidance_is_what_that_guidance_would_have_made_of_the_step(view: TraceView) -> None:
    for step in range(3):
        view.move(step)
        moved(view, 2.0)
        x_t, positive, negative = arrays(step, 7, 2)
        eps = negative + 2 * (positive - negative)
        x0 = (x_t - SIGMAS[step] * eps) / np.sqrt(1 - SIGMAS[step] ** 2)
        _, noise, guess = view.figures()
        assert noise.title == "ε̂ at w 2" and guess.title == "clean guess x̂₀ at w 2"
        assert np.abs(noise.picture.astype(int) - COLOURS.noise(eps)[0]).max() <= 1
        assert np.abs(guess.picture.astype(int) - COLOURS.picture(x0.astype(np.float32))[0]).max() <= 4  # float16
    assert "w 2" in view.remark and "exact for this step alone" in view.page().hint
    moved(view, W)
    assert view.remark == "" and np.array_equal(
        view.figures()[2].picture, open_trace(view.trace.path).previews(2).x0[0]
    )
    moved(view, -1.0)
    view.undo()
    assert view.recipe.guidance == W and view.figures()[2].title == "clean guess x̂₀"


def test_the_two_predictions_are_seen_apart(view: TraceView) -> None:
    _, positive, negative = arrays(0, 7, 2)
    for wanted in (positive, negative, positive - negative):
        view.cycle("form")
        assert np.abs(view.figures()[1].picture.astype(int) - COLOURS.noise(wanted)[0]).max() <= 1
    assert view.figures()[1].title == "what the prompt adds to ε̂"
    view.cycle("form")
    assert view.figures()[1].title == "ε̂ the model saw"


def test_r_turns_to_the_next_picture_of_the_batch(view: TraceView) -> None:
    view.move(1)
    view.reseed()
    assert np.array_equal(view.figures()[0].picture, open_trace(view.trace.path).previews(1).x_t[1])
    assert "Picture 2 of 2" in view.page().text
    view.reseed()
    assert "Picture 1 of 2" in view.page().text


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"tensors": False}, "only previews were recorded"),
        ({"sigmas": (1.0, 0.5)}, "pure noise"),
    ],
)
def test_a_dial_that_can_do_nothing_says_why(tmp_path: Path, about: dict, says: str) -> None:
    if "sigmas" in about:
        path = recorded(tmp_path / "run.tdiff")
        trace = open_trace(path)
        first = trace.lines[0]
        object.__setattr__(first, "alpha", 0.0)
        view = TraceView(trace)
    else:
        view = TraceView(open_trace(recorded(tmp_path / "run.tdiff", **about)))
    assert says in view.why_not("guidance") and says in view.page().hint and "guidance" not in view.takes
    assert says in view.fixed("guidance")


def test_one_prediction_alone_leaves_nothing_to_move(tmp_path: Path) -> None:
    from tdiff.traces.recorder import Recorder

    with Recorder(tmp_path / "run.tdiff", steps=1, layout="BHWC") as recorder:
        x_t, positive, _ = arrays(0, 1, 1)
        recorder.step(x_t, positive, alpha=0.6, sigma=0.8)
    view = TraceView(open_trace(tmp_path / "run.tdiff"))
    assert "one prediction was recorded" in view.why_not("guidance") == view.why_not("form")
    assert view.recipe.prompt == UNKNOWN and view.settings[0] == "seed –"
    assert "a model that is not named" in view.caption


def test_a_trace_that_does_not_tell_its_colours_keeps_its_dial_still(tmp_path: Path) -> None:
    view = TraceView(open_trace(recording.recorded(tmp_path / "run.tdiff")))
    assert "does not say how its latents become colours" in view.why_not("guidance")
    assert view.figures()[0].picture.shape == (4, 5, 3)


def test_behind_the_last_step_the_dial_points_back(view: TraceView) -> None:
    view.move(4)
    assert "← goes to one" in view.why_not("guidance") and view.takes == frozenset()


def test_what_only_a_model_could_do_is_refused_with_the_way_to_one(view: TraceView) -> None:
    for key in ("prompt", "negative", "sampler", "more", "eta", "fork", "grid", "morph", "compare"):
        assert "b goes to the bench" in view.why_not(key), key
    for key in ("step", "back", "finish", "export", "undo", "seed", "form", "bench_view"):
        assert view.why_not(key) == "", key


def test_numbers_beyond_our_ranges_are_shown(tmp_path: Path) -> None:
    path = recorded(tmp_path / "run.tdiff", guidance=20.0, prompt="x" * 5000, scheduler="Ω" * 300, seed=2**63 + 5)
    view = TraceView(open_trace(path))
    assert view.recipe.guidance == 15 and "recorded: 20" in view.page().hint and len(view.recipe.prompt) == 2000
    assert view.settings[0] == f"seed {2**63 + 5}"


def test_a_recording_that_was_killed_opens_up_to_its_last_step(tmp_path: Path) -> None:
    data = recorded(tmp_path / "whole.tdiff").read_bytes()
    (tmp_path / "cut.tdiff").write_bytes(data[: len(data) // 2])
    view = TraceView(open_trace(tmp_path / "cut.tdiff"))
    assert view.track().total == len(view.trace) - 1 < 3
    assert "the recording stops after step" in view.page().result and "2 of 4 steps" in view.page().text
    view.move(99)
    assert view.at == len(view.trace) - 1


def test_a_recording_without_steps_says_so_and_breaks_nothing(tmp_path: Path) -> None:
    view = TraceView(open_trace(recording.recorded(tmp_path / "run.tdiff", steps=0, finish=False)))
    assert [figure.title for figure in view.figures()] == ["no step was recorded"]
    assert view.track().total == 0 and not view.track().started and view.plot().curves == () and view.strip(5) == ()
    assert "no whole step" in view.why_not("step") and isinstance(view.export(), str)
    assert view.why_not("bench_view") == "" and "before the first step" in view.page().result


def test_numbers_that_are_not_finite_are_told_and_drawn(tmp_path: Path) -> None:
    from tdiff.traces.recorder import Recorder

    with Recorder(tmp_path / "run.tdiff", steps=2, layout="BHWC", rgb=COLOURS, guidance=2.0) as recorder:
        for step in range(2):
            x_t, positive, negative = arrays(step, 1, 1)
            positive[0, 0, 0, 0] = np.nan
            recorder.step(x_t, positive, eps_pos=positive, eps_neg=negative, alpha=0.6, sigma=0.8)
    view = TraceView(open_trace(tmp_path / "run.tdiff"))
    moved(view, 3.0)
    assert view.figures()[2].picture.shape == (*SIZE, 3)
    assert "step 1 holds numbers that are not finite" in view.page().result
    assert view.track().bars == () and ("size of ε̂", "–") not in [row[:2] for row in view.page().table]


def test_a_file_that_changes_while_it_is_looked_at_moves_nothing(view: TraceView) -> None:
    before = view.figures()
    data = bytearray(view.trace.path.read_bytes())
    data[len(data) // 4 :] = bytes(len(data) - len(data) // 4)
    view.trace.path.write_bytes(bytes(data))
    with pytest.raises(TraceError, match="has changed since it was opened"):
        view.move(3)
    assert view.at == 0 and view.figures()[0] == before[0]
    assert view.strip(9)[-2].picture is None
    assert "has changed" in str(view.export())


def test_it_is_saved_as_a_picture_a_strip_and_a_film_that_say_what_made_them(tmp_path: Path, view: TraceView) -> None:
    saving = view.export()
    assert not isinstance(saving, str) and saving.stem(True) == "run"
    for ending, size in ((".png", (64, 96)), (".strip.png", None), (".gif", (16, 24))):
        path = tmp_path / f"a{ending}"
        saving.save(path, ending, 1, True, "true")
        with Image.open(path) as image:
            if size is not None:
                assert image.size == size
            else:
                assert image.size[0] > 4 * 16 and image.size[1] > 24
            if ending == ".gif":
                assert image.n_frames == 4
        found = read_metadata(path)
        assert found.says_ai_made and b"tiny-sd" in path.read_bytes() and b"red apple" in path.read_bytes()
        saving.save(tmp_path / f"b{ending}", ending, 1, False, "true")
        assert b"red apple" not in (tmp_path / f"b{ending}").read_bytes()


def test_two_traces_show_how_far_apart_they_are(tmp_path: Path) -> None:
    a, b = recorded(tmp_path / "a.tdiff", 1), recorded(tmp_path / "b.tdiff", 2)
    pair = view_of_traces([a, b])
    assert isinstance(pair, TracePair)
    while (wish := pair.wish()) is not None:
        for state in pair.fulfil(wish):
            pair.take(state)
    first, second = (open_trace(path) for path in (a, b))
    gaps = [
        np.abs(first.previews(step).x0[0].astype(float) - second.previews(step).x0[0]).mean() / 127.5
        for step in range(4)
    ]
    assert pair.plot().curves[0].ys[:4] == pytest.approx(gaps, abs=1e-5) and len(pair.plot().curves[0].ys) == 5
    pair.move(2)
    assert pair.figures()[2].note == f"{gaps[2]:.3f}" and ("seed", "1", "2") in pair.page().table
    assert pair.caption == "recorded · tiny-sd d1ffd1ff · DDIMScheduler"


def test_runs_of_other_lengths_are_paired_by_noise_level(tmp_path: Path) -> None:
    a = recorded(tmp_path / "a.tdiff", 1)
    b = recorded(tmp_path / "b.tdiff", 2, sigmas=(0.99, 0.95, 0.88, 0.7, 0.5, 0.19))
    pair = view_of_traces([a, b])
    found = []
    for place in range(4):
        pair.move(place)
        found.append(pair.page().text)
    assert [text.partition(":")[0] for text in found] == [
        "Step 1 of A, 1 of B", "Step 2 of A, 3 of B", "Step 3 of A, 4 of B", "Step 4 of A, 6 of B",
    ]  # fmt: skip
    assert "paired by noise level" in found[0]


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    a = recorded(tmp_path / "a.tdiff", 1)
    empty = recording.recorded(tmp_path / "empty.tdiff", steps=0, finish=False)
    with pytest.raises(UsageError, match="holds no whole step"):
        view_of_traces([a, empty])
    with pytest.raises(UsageError, match="two traces are looked at side by side, not 3"):
        view_of_traces([a, a, a])


def test_a_run_of_our_own_names_its_command(tmp_path: Path) -> None:
    recipe = {"schema": 1, "prompt": "a red apple", "seed": 7, "steps": 4}
    view = TraceView(open_trace(recorded(tmp_path / "run.tdiff", recipe=recipe, rgb=None)))
    assert view.command().command == ""  # latents: the recipe alone does not make them
    assert isinstance(view.recipe, Recipe)
