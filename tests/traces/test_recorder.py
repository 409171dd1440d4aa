"""The recorder for anyone's code: five lines, arrays in, a trace out."""

import math
from pathlib import Path

import numpy as np
import pytest

import tdiff
from tdiff.errors import OutputError, TraceError
from tdiff.traces.reader import open_trace
from tdiff.traces.recorder import TraceWarning
from tdiff.traces.rgb import RgbMap, plain_map


def noise(seed: int, shape: tuple[int, ...] = (2, 3, 8, 6)) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def test_five_lines_record_a_run(tmp_path: Path) -> None:
    path = tmp_path / "run.tdiff"
    x0, eps = np.tanh(noise(0)), noise(1)
    with tdiff.Recorder(path, steps=2, prompt="a red apple", negative="blurry", seed=[7, 8]) as recorder:
        for sigma in (0.8, 0.6):
            alpha = math.sqrt(1 - sigma**2)
            recorder.step(alpha * x0 + sigma * eps, eps, alpha=alpha, sigma=sigma)
    trace = open_trace(path)
    assert trace.finished and len(trace) == 2 and trace.head.preview == "pixels"
    assert [(p.prompt, p.negative, p.seed) for p in trace.head.pictures] == [
        ("a red apple", "blurry", 7),
        ("a red apple", "blurry", 8),
    ]
    assert [line.sigma for line in trace.lines] == pytest.approx([0.8, 0.6])
    assert trace.lines[0].change is None and trace.lines[1].change == pytest.approx([0, 0], abs=1e-5)
    assert trace.lines[0].eps_rms == pytest.approx(np.sqrt((eps**2).mean(axis=(1, 2, 3))), rel=1e-4)
    shown = trace.previews(0).x0.astype(int)  # (B, H, W, 3)
    assert np.abs(shown - (x0.transpose(0, 2, 3, 1) + 1) * 127.5).max() <= 1
    tensors = trace.tensors(1)
    assert tensors is not None
    assert np.allclose(tensors.eps_pos, eps.transpose(0, 2, 3, 1), atol=2e-3)


@pytest.mark.parametrize(("alpha", "sigma"), [(1.0, 3.0), (0.3, 0.7), (0.0, 1.0), (0.6, 0.8)])
def test_every_scaling_becomes_a_variance_preserving_one(tmp_path: Path, alpha: float, sigma: float) -> None:
    x0, eps = np.tanh(noise(0)), noise(1)
    path = tmp_path / "run.tdiff"
    with tdiff.Recorder(path, steps=1) as recorder:
        recorder.step(alpha * x0 + sigma * eps, eps, x0=x0, alpha=alpha, sigma=sigma, t=500)
    trace = open_trace(path)
    line, tensors = trace.lines[0], trace.tensors(0)
    assert tensors is not None and line.t == 500
    assert line.alpha**2 + line.sigma**2 == pytest.approx(1)
    assert line.sigma / math.hypot(alpha, sigma) == pytest.approx(sigma / math.hypot(alpha, sigma) ** 2)
    mixed = line.alpha * x0 + line.sigma * eps
    assert np.allclose(tensors.x_t, mixed.transpose(0, 2, 3, 1), atol=5e-3)


def test_the_clean_guess_follows_from_the_noise_and_the_other_way_round(tmp_path: Path) -> None:
    x0, eps = np.tanh(noise(0)), noise(1)
    x_t = 0.6 * x0 + 0.8 * eps
    with tdiff.Recorder(tmp_path / "a.tdiff", steps=2) as recorder:
        recorder.step(x_t, eps, alpha=0.6, sigma=0.8)
        recorder.step(x_t, x0=x0, alpha=0.6, sigma=0.8)
    trace = open_trace(tmp_path / "a.tdiff")
    first, second = trace.previews(0), trace.previews(1)
    assert np.abs(first.x0.astype(int) - second.x0).max() <= 1
    assert np.abs(first.eps.astype(int) - second.eps).max() <= 1


def test_both_predictions_are_kept_and_their_difference_is_measured(tmp_path: Path) -> None:
    pos, neg, x_t = noise(1), noise(2), noise(3)
    path = tmp_path / "run.tdiff"
    with tdiff.Recorder(path, steps=2, guidance=3) as recorder:
        recorder.step(x_t, neg + 3 * (pos - neg), eps_pos=pos, eps_neg=neg, alpha=0.6, sigma=0.8)
        recorder.step(x_t, 0.5 * pos, eps_pos=pos, eps_neg=neg, alpha=0.6, sigma=0.8)
    trace = open_trace(path)
    plain, odd = trace.tensors(0), trace.tensors(1)
    assert plain is not None and plain.eps is None and plain.eps_neg is not None
    assert odd is not None and odd.eps is not None  # guidance does not explain it
    assert trace.lines[0].apart == pytest.approx(np.sqrt(((pos - neg) ** 2).mean(axis=(1, 2, 3))), rel=1e-4)
    assert trace.lines[0].guidance == 3


def test_numbers_that_are_not_finite_are_recorded_as_such(tmp_path: Path) -> None:
    x_t = noise(0)
    x_t[1, 0, 0, 0] = np.nan
    with tdiff.Recorder(tmp_path / "a.tdiff", steps=1) as recorder:
        recorder.step(x_t, noise(1), alpha=0.6, sigma=0.8)
    trace = open_trace(tmp_path / "a.tdiff")
    assert not trace.lines[0].finite and trace.finished
    assert trace.previews(0).x_t.shape == (2, 8, 6, 3)


def test_an_exception_leaves_the_steps_before_it(tmp_path: Path) -> None:
    path = tmp_path / "run.tdiff"
    with pytest.raises(ZeroDivisionError), tdiff.Recorder(path, steps=9) as recorder:
        recorder.step(noise(0), noise(1), alpha=0.6, sigma=0.8)
        raise ZeroDivisionError
    trace = open_trace(path)
    assert len(trace) == 1 and not trace.finished and "after step 1 of 9" in trace.note


def test_arrays_that_make_no_sense_are_refused_in_one_sentence(tmp_path: Path) -> None:
    recorder = tdiff.Recorder(tmp_path / "a.tdiff", steps=3)
    for arguments, says in (
        ({"x_t": noise(0), "eps": noise(1, (2, 3, 8, 7))}, "one shape"),
        ({"x_t": noise(0, (3, 8, 6)), "eps": noise(1)}, "four dimensions"),
        ({"x_t": noise(0)}, "needs the noise eps or the clean guess"),
        ({"x_t": noise(0), "eps": noise(1), "sigma": 0.0}, "sigma above 0"),
        ({"x_t": noise(0), "eps": noise(1), "alpha": math.nan}, "alpha must be"),
        ({"x_t": noise(0), "eps": noise(1), "alpha": 0.0}, "both where alpha is 0"),
    ):
        with pytest.raises(TraceError, match=says):
            recorder.step(**({"alpha": 0.6, "sigma": 0.8} | arguments))
    recorder.step(noise(0), noise(1), alpha=0.6, sigma=0.8)
    with pytest.raises(TraceError, match="shape of the first"):
        recorder.step(noise(0, (1, 3, 8, 6)), noise(1, (1, 3, 8, 6)), alpha=0.6, sigma=0.8)
    recorder.finish(picture=np.zeros((2, 64, 48, 3), np.uint8))
    with pytest.raises(TraceError, match="finished"):
        recorder.step(noise(0), noise(1), alpha=0.6, sigma=0.8)
    trace = open_trace(tmp_path / "a.tdiff")
    picture = trace.picture()
    assert len(trace) == 1 and picture is not None and picture.shape == (2, 64, 48, 3)


def test_prompts_are_spread_over_the_batch_or_refused(tmp_path: Path) -> None:
    four = (4, 3, 2, 2)
    with tdiff.Recorder(tmp_path / "a.tdiff", steps=1, prompt=["a", "b"], seed=1) as recorder:
        recorder.step(noise(0, four), noise(1, four), alpha=0.6, sigma=0.8)
    assert [p.prompt for p in open_trace(tmp_path / "a.tdiff").head.pictures] == ["a", "a", "b", "b"]
    with (
        tdiff.Recorder(tmp_path / "b.tdiff", steps=1, prompt=["a", "b", "c"]) as recorder,
        pytest.raises(TraceError, match="3 prompts"),
    ):
        recorder.step(noise(0, four), noise(1, four), alpha=0.6, sigma=0.8)


def test_nothing_is_overwritten_unasked_and_nothing_is_written_before_the_first_step(tmp_path: Path) -> None:
    path = tmp_path / "run.tdiff"
    with tdiff.Recorder(path, steps=1):
        pass
    assert not path.exists()
    path.write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        tdiff.Recorder(path, steps=1)
    assert path.read_text() == "mine"


def test_a_disk_that_fails_ends_the_recording_and_not_the_run(tmp_path: Path) -> None:
    recorder = tdiff.Recorder(tmp_path / "gone" / "run.tdiff", steps=2)
    with pytest.warns(TraceWarning, match="the recording stopped: cannot write"):
        recorder.step(noise(0), noise(1), alpha=0.6, sigma=0.8)
    recorder.step(noise(0), noise(1), alpha=0.6, sigma=0.8)
    recorder.finish()
    assert recorder.failure is not None


def test_large_pictures_have_small_previews_of_the_same_look(tmp_path: Path) -> None:
    x0 = np.full((1, 3, 512, 300), 0.5, np.float32)
    eps = noise(1, x0.shape)
    with tdiff.Recorder(tmp_path / "a.tdiff", steps=1, tensors=False) as recorder:
        recorder.step(0.6 * x0 + 0.8 * eps, eps, alpha=0.6, sigma=0.8)
    trace = open_trace(tmp_path / "a.tdiff")
    previews = trace.previews(0)
    assert previews.x0.shape == (1, 128, 75, 3) and trace.tensors(0) is None
    assert np.abs(previews.x0.astype(int) - 191).max() <= 1
    assert previews.eps.std() == pytest.approx(0.5 * 127.5, rel=0.1)  # as strong as the noise itself


def test_latents_are_shown_by_the_map_that_is_handed_in(tmp_path: Path) -> None:
    weight = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32) * 0.1
    bias = np.array([0.1, 0, -0.1], np.float32)
    x0, eps = noise(0, (1, 4, 6, 6)), noise(1, (1, 4, 6, 6))
    with tdiff.Recorder(tmp_path / "a.tdiff", steps=1, rgb=RgbMap(weight, bias, "linear")) as recorder:
        recorder.step(0.6 * x0 + 0.8 * eps, eps, alpha=0.6, sigma=0.8)
    trace = open_trace(tmp_path / "a.tdiff")
    wanted = (np.clip(x0.transpose(0, 2, 3, 1) @ weight + bias, -1, 1) + 1) * 127.5
    assert np.abs(trace.previews(0).x0 - wanted).max() <= 1 and trace.head.preview == "linear"
    assert plain_map(4).how == "channels"


def test_tensors_of_pytorch_are_taken(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    x_t, eps = torch.from_numpy(noise(0)), torch.from_numpy(noise(1)).requires_grad_()
    with tdiff.Recorder(tmp_path / "a.tdiff", steps=1) as recorder:
        recorder.step(x_t.bfloat16(), eps, alpha=0.6, sigma=0.8)
    tensors = open_trace(tmp_path / "a.tdiff").tensors(0)
    assert tensors is not None and np.allclose(tensors.eps_pos, noise(1).transpose(0, 2, 3, 1), atol=2e-3)
