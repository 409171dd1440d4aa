"""The options that commands share, with their help; nothing heavy is imported here."""

from pathlib import Path
from typing import Annotated

import typer

from tdiff.commands.target import Target, target_of
from tdiff.defaults import GUIDANCE, GUIDANCE_START, SAMPLER, STEPS
from tdiff.errors import UsageError
from tdiff.samplers import SAMPLERS, eta_takers
from tdiff.typed_path import path_to_read


def _new_trace(text: str) -> Path:
    target = target_of(text)
    if target.stream is not None or target.is_folder:
        raise UsageError("a trace is written step by step into a file of its own", remedy="name one, such as run.tdiff")
    return target.path


def _samplers(incomplete: str) -> list[tuple[str, str]]:
    """What a shell offers on TAB, and what it says beside each."""
    return [(name, sampler.note) for name, sampler in SAMPLERS.items() if name.startswith(incomplete)]


PROMPT_PANEL, SAMPLING_PANEL, OUTPUT_PANEL = "What to show", "How to sample", "Where it goes"
ENGINE_PANEL = "What runs it"

Negative = Annotated[str | None, typer.Option(help="What to steer away from.", rich_help_panel=PROMPT_PANEL)]
Guidance = Annotated[
    float | None,
    typer.Option(
        help=f"w, -2 to 15: 0 ignores the prompt, 1 is plain, more exaggerates. Default {GUIDANCE:g}.",
        rich_help_panel=SAMPLING_PANEL,
    ),
]
GuidanceStart = Annotated[
    float | None,
    typer.Option(
        help=f"Share of the run before guidance sets in, 0 to 1. Default {GUIDANCE_START:g}.",
        rich_help_panel=SAMPLING_PANEL,
    ),
]
Steps = Annotated[
    int | None, typer.Option(help=f"Denoising steps, 1 to 1000. Default {STEPS}.", rich_help_panel=SAMPLING_PANEL)
]
SamplerName = Annotated[
    str | None,
    typer.Option(
        "--sampler",
        help=f"{', '.join([*SAMPLERS][:-1])} or {[*SAMPLERS][-1]}. Default {SAMPLER}.",
        autocompletion=_samplers,
        rich_help_panel=SAMPLING_PANEL,
    ),
]
Eta = Annotated[
    float | None,
    typer.Option(
        help=f"Noise that {eta_takers()} adds at each step, 0 to 1. Default 0.", rich_help_panel=SAMPLING_PANEL
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        help="Seed of the starting noise; without it a random one, which is printed.", rich_help_panel=SAMPLING_PANEL
    ),
]
Scale = Annotated[
    int, typer.Option(help="Enlarge files by a whole number.", min=1, max=64, rich_help_panel=OUTPUT_PANEL)
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace files that exist.", rich_help_panel=OUTPUT_PANEL)]
Color = Annotated[str, typer.Option(help="auto, true, 256, 16, mono or ascii.", rich_help_panel=OUTPUT_PANEL)]
Plain = Annotated[bool, typer.Option("--plain", help="Words instead of pictures, for screen readers and pipes.")]
Mouse = Annotated[
    bool | None, typer.Option("--mouse/--no-mouse", help="Mouse on or off; off over SSH unless asked for.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
Prompt = Annotated[
    str | None,
    typer.Argument(
        help="One sentence, such as: a small red apple in the top left corner. Drawn flat unless it names a style."
    ),
]
AllowUnknown = Annotated[
    bool, typer.Option("--allow-unknown", help="Go on if no word is known.", rich_help_panel=PROMPT_PANEL)
]
Switches = Annotated[
    list[str] | None,
    typer.Option(help="STEP:TEXT, another prompt from that step on, counted from 1.", rich_help_panel=PROMPT_PANEL),
]
NegativeSwitches = Annotated[
    list[str] | None, typer.Option(help="STEP:TEXT, another negative from that step on.", rich_help_panel=PROMPT_PANEL)
]
StartImage = Annotated[
    Path | None,
    typer.Option(
        help="Start from a picture instead of pure noise.",
        parser=path_to_read,
        metavar="file",
        rich_help_panel=PROMPT_PANEL,
    ),
]
Strength = Annotated[
    float | None,
    typer.Option(help="How far to depart from it: above 0, at most 1. Default 0.6.", rich_help_panel=PROMPT_PANEL),
]
PromptsFile = Annotated[
    Path | None,
    typer.Option(
        help="One prompt a line, or - for stdin: writes 0000.png, 0001.png …",
        parser=path_to_read,
        metavar="file",
        rich_help_panel=PROMPT_PANEL,
    ),
]
RecipeFile = Annotated[
    Path | None,
    typer.Option(
        help="Start from a recipe: a JSON file, or a picture made by tdiff.",
        parser=path_to_read,
        metavar="file",
        rich_help_panel=PROMPT_PANEL,
    ),
]
FirstRecipe = Annotated[
    Path | None,
    typer.Option(
        "--recipe",
        help="Begin with this recipe, or with a picture that carries one.",
        parser=path_to_read,
        metavar="file",
    ),
]
GridFile = Annotated[
    Path | None,
    typer.Option(
        "--recipe",
        help="A grid's own file, to make it again, or a recipe that all cells share.",
        parser=path_to_read,
        metavar="file",
        rich_help_panel=PROMPT_PANEL,
    ),
]
ModelFolder = Annotated[
    Path | None,
    typer.Option(
        "--model",
        help="Folder of a model: one of tdiff's, or a Stable Diffusion checkpoint in the layout of diffusers.",
        parser=path_to_read,
        metavar="path",
        rich_help_panel=ENGINE_PANEL,
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(
        help="numpy, torch or diffusers. Default numpy, for checkpoints diffusers.", rich_help_panel=ENGINE_PANEL
    ),
]
Via = Annotated[
    str | None,
    typer.Option(
        help="Address of a model that tdiff serve --api keeps loaded; auto for the usual socket.",
        metavar="address",
        rich_help_panel=ENGINE_PANEL,
    ),
]
Ray = Annotated[
    str | None,
    typer.Option(
        help="Make them on the machines of a Ray cluster: HOST:PORT, ray://HOST:PORT, or auto for this machine's own.",
        metavar="address",
        rich_help_panel=ENGINE_PANEL,
    ),
]
Device = Annotated[
    str | None,
    typer.Option(help="cpu, cuda, cuda:1 or mps. Default the best there is.", rich_help_panel=ENGINE_PANEL),
]
Dtype = Annotated[
    str | None, typer.Option(help="float32, float16 or bfloat16. Default float32.", rich_help_panel=ENGINE_PANEL)
]
Count = Annotated[int, typer.Option(help="Pictures, with consecutive seeds.", rich_help_panel=SAMPLING_PANEL)]
Clip = Annotated[
    bool | None,
    typer.Option(
        "--clip/--no-clip",
        help="Keep the clean guess within the range of pixels. Default clip.",
        rich_help_panel=SAMPLING_PANEL,
    ),
]
Out = Annotated[
    Target | None,
    typer.Option(
        help="PNG file, folder, or - for stdout; without it a terminal shows the picture.",
        parser=target_of,
        metavar="path",
        rich_help_panel=OUTPUT_PANEL,
    ),
]
Watermark = Annotated[
    str | None,
    typer.Option(
        help="Hide this key (4 to 64 hex digits, such as d1ff) in the starting noise. Off by default: it changes the picture.",
        rich_help_panel=OUTPUT_PANEL,
    ),
]
GridOut = Annotated[
    Target | None,
    typer.Option(
        help="PNG file, folder, or - for stdout; without it a terminal shows the grid.",
        parser=target_of,
        metavar="path",
        rich_help_panel=OUTPUT_PANEL,
    ),
]
Film = Annotated[
    Target | None,
    typer.Option(
        help="Write the whole denoising as GIF.", parser=target_of, metavar="path", rich_help_panel=OUTPUT_PANEL
    ),
]
TracePath = Annotated[
    Path | None,
    typer.Option(
        "--trace",
        help="Record every step in a file, such as run.tdiff, to look at later.",
        parser=_new_trace,
        metavar="path",
        rich_help_panel=OUTPUT_PANEL,
    ),
]
KeepPrompt = Annotated[
    bool | None,
    typer.Option(
        "--keep-prompt/--leave-out-prompt",
        help="Whether files carry the prompt; by default the settings decide, which say yes unless you change them.",
        rich_help_panel=OUTPUT_PANEL,
    ),
]
