"""Recording a diffusers pipeline: what is recorded is what it computed, and it computes what it would have anyway."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tdiff
from tdiff.errors import OutputError, TraceError
from tdiff.traces.reader import open_trace
from tdiff.traces.recorder import TraceWarning

from ..tiny_checkpoint import SCHEDULE, build, flow_pipeline, open_pipeline

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")

pytestmark = pytest.mark.filterwarnings("error::tdiff.traces.recorder.TraceWarning")

SCHEDULERS = (
    "DDIMScheduler",
    "DDPMScheduler",
    "PNDMScheduler",
    "EulerDiscreteScheduler",
    "EulerAncestralDiscreteScheduler",
    "HeunDiscreteScheduler",
    "DPMSolverMultistepScheduler",
    "UniPCMultistepScheduler",
    "LCMScheduler",
)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("checkpoint") / "tiny-sd")


@pytest.fixture
def pipe(checkpoint: Path) -> Any:
    return open_pipeline(checkpoint)


def seeded(*seeds: int) -> Any:
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    return generators if len(generators) > 1 else generators[0]


def run(pipe: Any, **changes: Any) -> Any:
    settings = {"num_inference_steps": 4, "guidance_scale": 5.0, "generator": seeded(3), "output_type": "np"}
    return pipe("a red apple", negative_prompt="blurry", **(settings | changes)).images


def assert_untouched(pipe: Any) -> None:
    assert type(pipe) is diffusers.StableDiffusionPipeline
    assert "step" not in vars(pipe.scheduler)
    assert not pipe.unet._forward_hooks


@pytest.mark.parametrize("name", SCHEDULERS)
def test_pictures_are_bit_for_bit_the_same(pipe: Any, tmp_path: Path, name: str) -> None:
    pipe.scheduler = getattr(diffusers, name).from_config(pipe.scheduler.config)
    plain = run(pipe)
    with tdiff.record(pipe, tmp_path / "run.tdiff"):
        recorded = run(pipe)
    assert np.array_equal(plain, recorded)
    assert_untouched(pipe)
    trace = open_trace(tmp_path / "run.tdiff")
    assert trace.finished and len(trace) == trace.head.steps >= 4
    assert trace.head.scheduler == name and all(line.guidance == 5 for line in trace.lines)
    sigmas = [line.sigma for line in trace.lines]
    assert sigmas == sorted(sigmas, reverse=True) and 0.97 < sigmas[0] < 1
    picture = trace.picture()
    assert picture is not None and np.abs(picture - plain * 255).max() <= 0.5 + 1e-4


def test_what_was_asked_is_read_from_the_call(pipe: Any, tmp_path: Path) -> None:
    with tdiff.record(pipe, tmp_path / "run.tdiff"):
        pipe(
            ["a red apple", "a dog"],
            negative_prompt=["blurry", "cat"],
            num_inference_steps=2,
            generator=seeded(3, 4, 5, 6),
            num_images_per_prompt=2,
        )
    head = open_trace(tmp_path / "run.tdiff").head
    assert [(p.prompt, p.negative, p.seed) for p in head.pictures] == [
        ("a red apple", "blurry", 3),
        ("a red apple", "blurry", 4),
        ("a dog", "cat", 5),
        ("a dog", "cat", 6),
    ]
    assert head.guidance == 7.5 and head.prediction == "epsilon" and head.preview == "linear"
    assert head.model == "tiny-sd" and len(head.model_hash) == 16
    assert {"tdiff", "torch", "diffusers", "numpy"} <= set(head.versions)


def test_prompts_stay_out_where_they_are_to(pipe: Any, tmp_path: Path) -> None:
    with tdiff.record(pipe, tmp_path / "run.tdiff", keep_prompt=False):
        run(pipe)
    assert b"apple" not in (tmp_path / "run.tdiff").read_bytes()
    asked = open_trace(tmp_path / "run.tdiff").head.pictures[0]
    assert (asked.prompt, asked.negative, asked.seed) == (None, None, 3)


def test_a_seed_is_claimed_only_where_it_makes_the_picture(pipe: Any, tmp_path: Path) -> None:
    used = seeded(3)
    torch.rand(1, generator=used)
    for generator, seed in ((None, None), (used, None), (seeded(3), 3)):
        with tdiff.record(pipe, tmp_path / "run.tdiff", overwrite=True):
            run(pipe, generator=generator, num_inference_steps=1)
        assert open_trace(tmp_path / "run.tdiff").head.pictures[0].seed == seed


def steps_of(pipe: Any, **changes: Any) -> list[dict[str, Any]]:
    """What diffusers itself says of each step, through its own callback."""
    seen: list[dict[str, Any]] = []

    def keep(pipe: Any, index: int, t: Any, given: dict[str, Any]) -> dict[str, Any]:
        seen.append({"t": float(t), "latents": given["latents"].permute(0, 2, 3, 1).numpy().copy()})
        return given

    run(pipe, callback_on_step_end=keep, **changes)
    return seen


@pytest.mark.parametrize("kind", ["epsilon", "v_prediction", "sample"])
def test_latents_levels_and_predictions_are_those_of_the_run(pipe: Any, tmp_path: Path, kind: str) -> None:
    pipe.scheduler = diffusers.DDIMScheduler(**SCHEDULE, prediction_type=kind)
    guesses = []
    original = pipe.scheduler.step

    def spy(*args: Any, **kwargs: Any) -> Any:
        guesses.append(original(*args, **(kwargs | {"return_dict": True})).pred_original_sample)
        return original(*args, **kwargs)

    seen = steps_of(pipe)
    pipe.scheduler.step = spy
    with tdiff.record(pipe, tmp_path / "run.tdiff"):
        run(pipe)
    trace = open_trace(tmp_path / "run.tdiff")
    assert trace.head.prediction == kind
    for index, line in enumerate(trace.lines):
        tensors = trace.tensors(index)
        assert tensors is not None and tensors.eps_neg is not None and tensors.eps is None
        assert line.t == seen[index]["t"]
        assert line.alpha**2 == pytest.approx(float(pipe.scheduler.alphas_cumprod[int(line.t)]), rel=1e-4)
        if index:
            assert np.allclose(tensors.x_t, seen[index - 1]["latents"], atol=5e-3)
        eps = tensors.eps_neg + 5 * (tensors.eps_pos - tensors.eps_neg)
        clean = (tensors.x_t - line.sigma * eps) / line.alpha
        wanted = guesses[index].permute(0, 2, 3, 1).numpy()
        half = np.abs(tensors.x_t) + line.sigma * (4 * np.abs(tensors.eps_neg) + 5 * np.abs(tensors.eps_pos))
        assert (np.abs(clean - wanted) <= (2**-11 * half + 1e-4) / line.alpha).all()  # as float16 rounds


def test_without_guidance_there_is_one_prediction(pipe: Any, tmp_path: Path) -> None:
    with tdiff.record(pipe, tmp_path / "run.tdiff"):
        run(pipe, guidance_scale=1.0)
    trace = open_trace(tmp_path / "run.tdiff")
    tensors = trace.tensors(0)
    assert tensors is not None and tensors.eps_neg is None and trace.lines[0].apart is None
    assert trace.lines[0].guidance == 1


def test_guidance_that_is_rescaled_keeps_the_noise_that_was_used(pipe: Any, tmp_path: Path) -> None:
    with tdiff.record(pipe, tmp_path / "run.tdiff"):
        run(pipe, guidance_rescale=0.7)
    tensors = open_trace(tmp_path / "run.tdiff").tensors(0)
    assert tensors is not None and tensors.eps is not None


@pytest.mark.parametrize("flow", ["FlowMatchEulerDiscreteScheduler", "FlowMatchHeunDiscreteScheduler"])
def test_straight_flows_are_recorded_too(tmp_path: Path, flow: str) -> None:
    """A loop by hand, since the tiny pipeline is of another family."""
    scheduler = getattr(diffusers, flow)(num_train_timesteps=1000)
    scheduler.set_timesteps(4)
    from tdiff.traces.scheduling import eps_and_x0, mixture_at, prediction_of

    clean, eps = torch.randn(1, 4, 8, 8), torch.randn(1, 4, 8, 8)
    x = eps.clone()
    for t in scheduler.timesteps:
        at = mixture_at(scheduler, t, x)
        assert at.alpha + at.sigma == pytest.approx(1, abs=1e-5)
        assert prediction_of(scheduler) == "flow"
        seen, guess = eps_and_x0("flow", (eps - clean).numpy(), x.numpy(), at)
        assert np.allclose(seen, eps, atol=1e-4) and np.allclose(guess, clean, atol=1e-4)
        x = scheduler.step(eps - clean, t, x).prev_sample
    assert np.allclose(x, clean, atol=1e-4)


def test_a_pipeline_of_stable_diffusion_3_is_recorded(tmp_path: Path) -> None:
    pipe = flow_pipeline(tmp_path)
    pipe.vae.register_to_config(shift_factor=0.06)
    settings = {"num_inference_steps": 4, "guidance_scale": 5.0, "height": 32, "width": 32, "output_type": "np"}
    plain = pipe("a red apple", generator=seeded(3), **settings).images
    with tdiff.record(pipe, tmp_path / "run.tdiff"):
        recorded = pipe("a red apple", generator=seeded(3), **settings).images
    assert np.array_equal(plain, recorded)
    trace = open_trace(tmp_path / "run.tdiff")
    assert trace.finished and len(trace) == 4 and trace.head.preview == "linear"
    assert trace.head.prediction == "flow" and trace.head.pictures[0].seed == 3
    assert all(line.guidance == 5 and line.finite for line in trace.lines)
    tensors = trace.tensors(0)
    assert tensors is not None and tensors.eps_neg is not None and tensors.eps is None


def test_every_call_within_the_block_has_a_trace_of_its_own(pipe: Any, tmp_path: Path) -> None:
    with tdiff.record(pipe, tmp_path / "run.tdiff") as recording:
        run(pipe, num_inference_steps=1)
        run(pipe, num_inference_steps=2)
    assert recording.written == [tmp_path / "run.tdiff", tmp_path / "run-2.tdiff"]
    assert [len(open_trace(path)) for path in recording.written] == [1, 2]
    run(pipe, num_inference_steps=1)
    assert len(list(tmp_path.iterdir())) == 2


def interrupted(at: int) -> Callable[..., dict[str, Any]]:
    def stop(pipe: Any, index: int, t: Any, given: dict[str, Any]) -> dict[str, Any]:
        if index == at:
            raise KeyboardInterrupt
        return given

    return stop


def test_an_interrupt_leaves_the_steps_and_no_hook(pipe: Any, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), tdiff.record(pipe, tmp_path / "run.tdiff"):
        run(pipe, callback_on_step_end=interrupted(1))
    assert_untouched(pipe)
    trace = open_trace(tmp_path / "run.tdiff")
    assert len(trace) == 2 and not trace.finished and trace.note


def test_noise_that_steps_draw_is_drawn_as_without_a_recorder(pipe: Any, tmp_path: Path) -> None:
    """The pipeline finds out by the signature of `step` that it takes eta and a generator."""
    plain = run(pipe, eta=1.0)
    with tdiff.record(pipe, tmp_path / "run.tdiff"):
        recorded = run(pipe, eta=1.0)
    assert np.array_equal(plain, recorded) and not np.array_equal(plain, run(pipe, eta=0.0))


def test_what_cannot_be_recorded_is_said_and_changes_nothing(
    pipe: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = run(pipe)

    def fails(*args: Any) -> None:
        raise RuntimeError("odd")

    monkeypatch.setattr("tdiff.traces.hooks.mixture_at", fails)
    with (
        tdiff.record(pipe, tmp_path / "run.tdiff"),
        pytest.warns(TraceWarning, match="nothing is recorded: RuntimeError: odd; your run goes on"),
    ):
        recorded = run(pipe)
    assert np.array_equal(plain, recorded) and not (tmp_path / "run.tdiff").exists()
    assert_untouched(pipe)


def test_a_disk_that_fills_changes_nothing(pipe: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = run(pipe)
    monkeypatch.setattr("tdiff.traces.writer.FILE_LIMIT", 40_000)
    with (
        tdiff.record(pipe, tmp_path / "run.tdiff"),
        pytest.warns(TraceWarning, match="the recording stopped: .* the steps so far are kept"),
    ):
        recorded = run(pipe, num_inference_steps=8)
    monkeypatch.undo()
    assert np.array_equal(run(pipe, num_inference_steps=8), recorded) and not np.array_equal(plain, recorded)
    assert 1 <= len(open_trace(tmp_path / "run.tdiff")) < 8


def test_what_is_no_pipeline_is_refused(pipe: Any, tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"tdiff\.Recorder"):
        tdiff.record(object(), tmp_path / "run.tdiff")
    (tmp_path / "run.tdiff").write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        tdiff.record(pipe, tmp_path / "run.tdiff")
