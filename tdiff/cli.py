"""The command line. Each command imports what it needs inside itself, so that --help is instant."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from tdiff import __version__
from tdiff.errors import TdiffError

app = typer.Typer(
    name="tdiff",
    help="Learn how text-to-image diffusion works by running a real one, in your terminal.",
    no_args_is_help=False,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

_PROMPT, _SAMPLING, _OUTPUT = "What to show", "How to sample", "Where it goes"

Negative = Annotated[str | None, typer.Option(help="What to steer away from.", rich_help_panel=_PROMPT)]
Guidance = Annotated[
    float | None,
    typer.Option(help="w, -2 to 15: 0 ignores the prompt, 1 is plain, more exaggerates. [default: 4]", rich_help_panel=_SAMPLING),
]
Steps = Annotated[int | None, typer.Option(help="Denoising steps, 1 to 1000. [default: 20]", rich_help_panel=_SAMPLING)]
SamplerName = Annotated[
    str | None, typer.Option("--sampler", help="ddpm, ddim, euler, heun or dpmpp2m. [default: ddim]", rich_help_panel=_SAMPLING)
]
Eta = Annotated[float | None, typer.Option(help="Noise that ddim adds at each step, 0 to 1. [default: 0]", rich_help_panel=_SAMPLING)]
Seed = Annotated[int | None, typer.Option(help="Of the starting noise; random if left out, and said.", rich_help_panel=_SAMPLING)]
Scale = Annotated[int, typer.Option(help="Enlarge files by a whole number.", min=1, max=64, rich_help_panel=_OUTPUT)]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace files that exist.", rich_help_panel=_OUTPUT)]
Color = Annotated[str, typer.Option(help="auto, true, 256, 16, mono or ascii.", rich_help_panel=_OUTPUT)]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


def main() -> None:
    """Run the command line; every refusal is one sentence on stderr, exit code 1 or 2."""
    try:
        app(prog_name="tdiff")
    except TdiffError as error:
        print(f"tdiff: {error}", file=sys.stderr)  # noqa: T201
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:  # the reader left, as in `tdiff … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None


def _version(asked: bool) -> None:
    if asked:
        print(f"tdiff {__version__}")  # noqa: T201
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Learn how text-to-image diffusion works by running a real one, in your terminal.

    [bold]tdiff generate "a blue frog on a yellow background"[/bold] makes a picture.
    """
    if context.invoked_subcommand is None:
        print('The explorer is not built yet. Make a picture with: tdiff generate "a red apple"', file=sys.stderr)  # noqa: T201
        raise typer.Exit(1)


@app.command(epilog='Example: tdiff generate "a blue frog on a yellow background" --seed 7 --count 4')
def generate(
    prompt: Annotated[str | None, typer.Argument(help="One sentence, such as: a small red apple in the top left corner")] = None,
    negative: Negative = None,
    allow_unknown: Annotated[bool, typer.Option("--allow-unknown", help="Go on if no word is known.", rich_help_panel=_PROMPT)] = False,
    switch: Annotated[list[str] | None, typer.Option(help='STEP:TEXT, another prompt from that step on, counted from 0.', rich_help_panel=_PROMPT)] = None,
    switch_negative: Annotated[list[str] | None, typer.Option(help="STEP:TEXT, another negative from that step on.", rich_help_panel=_PROMPT)] = None,
    start_image: Annotated[Path | None, typer.Option(help="Start from a picture instead of pure noise.", rich_help_panel=_PROMPT)] = None,
    strength: Annotated[float | None, typer.Option(help="How far to leave it, above 0 to 1. [default: 0.6]", rich_help_panel=_PROMPT)] = None,
    prompts_file: Annotated[Path | None, typer.Option(help="One prompt a line, or - for stdin: writes 0000.png, 0001.png …", rich_help_panel=_PROMPT)] = None,
    recipe: Annotated[Path | None, typer.Option(help="Start from a recipe: a JSON file, or a picture made by tdiff.", rich_help_panel=_PROMPT)] = None,
    guidance: Guidance = None,
    steps: Steps = None,
    sampler: SamplerName = None,
    eta: Eta = None,
    seed: Seed = None,
    count: Annotated[int, typer.Option(help="Pictures, with consecutive seeds.", rich_help_panel=_SAMPLING)] = 1,
    clip: Annotated[bool | None, typer.Option("--clip/--no-clip", help="Keep the clean guess within the range of pixels. [default: clip]", rich_help_panel=_SAMPLING)] = None,
    out: Annotated[Path | None, typer.Option(help="PNG file or folder; without it a terminal shows the picture.", rich_help_panel=_OUTPUT)] = None,
    film: Annotated[Path | None, typer.Option(help="Write the whole denoising as GIF.", rich_help_panel=_OUTPUT)] = None,
    scale: Scale = 1,
    overwrite: Overwrite = False,
    keep_prompt: Annotated[bool, typer.Option("--keep-prompt/--leave-out-prompt", help="Whether files carry the prompt.", rich_help_panel=_OUTPUT)] = True,
    color: Color = "auto",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Make pictures from a sentence."""
    from tdiff.commands.generate import Request, run_generate

    run_generate(
        Request(
            prompt, negative, guidance, steps, sampler, eta, seed, clip, tuple(switch or ()), tuple(switch_negative or ()),
            start_image, strength, recipe, count, out, film, scale, overwrite, allow_unknown, keep_prompt, color, as_json,
        ),
        prompts_file,
    )  # fmt: skip


@app.command(epilog='Example: tdiff grid "a red apple" --x guidance=0,1,4,8 --y seed=1..4 --out grid.png')
def grid(
    prompt: Annotated[str, typer.Argument(help="The prompt of every cell, unless an axis changes it.")],
    x: Annotated[str, typer.Option(help="FIELD=VALUES of the columns, such as guidance=0,1,4,8")],
    y: Annotated[str | None, typer.Option(help="FIELD=VALUES of the rows, such as seed=1..4")] = None,
    negative: Negative = None,
    guidance: Guidance = None,
    steps: Steps = None,
    sampler: SamplerName = None,
    eta: Eta = None,
    seed: Seed = None,
    out: Annotated[Path | None, typer.Option(help="PNG file; without it a terminal shows the grid.", rich_help_panel=_OUTPUT)] = None,
    scale: Scale = 2,
    overwrite: Overwrite = False,
    color: Color = "auto",
) -> None:  # fmt: skip
    """Make one prompt under two settings at once."""
    from tdiff.commands.grid import grid as run
    from tdiff.commands.grid import parse_axis
    from tdiff.recipe import Recipe

    given = {"negative": negative, "guidance": guidance, "steps": steps, "sampler": sampler, "eta": eta, "seed": seed}
    base = Recipe(prompt=prompt).replace(**{name: value for name, value in given.items() if value is not None})
    run(base, parse_axis(x), parse_axis(y) if y else None, out, scale, overwrite, color)


@app.command()
def inspect(picture: Annotated[Path, typer.Argument(help="PNG, JPEG, WebP or GIF.")], as_json: AsJson = False) -> None:
    """Say what a file tells about itself: source type, recipe, signed credentials."""
    from tdiff.commands.inspect import inspect as run

    run(picture, as_json)


@app.command()
def diff(
    a: Annotated[Path, typer.Argument(help="A picture made by tdiff, or a recipe.")],
    b: Annotated[Path, typer.Argument(help="Another.")],
    as_json: AsJson = False,
) -> None:
    """Say in what two recipes differ."""
    from tdiff.commands.inspect import diff as run

    run(a, b, as_json)


@app.command(epilog='Example: tdiff clip "a red apple" apple.png')
def clip(
    prompt: Annotated[str, typer.Argument(help="A sentence.")],
    pictures: Annotated[list[Path], typer.Argument(help="One or more pictures.")],
    as_json: AsJson = False,
) -> None:
    """Say how well a sentence and a picture fit, by the text–image pair."""
    from tdiff.commands.match import match

    match(prompt, pictures, as_json)


@app.command(name="eval")
def evaluate(
    quick: Annotated[bool, typer.Option("--quick", help="A minute instead of an hour.")] = False,
    only: Annotated[str | None, typer.Option(help="Comma-separated parts; an unknown one lists them.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure this model: prompt following, diversity, memorisation."""
    from tdiff.commands.evaluate import evaluate as run

    run(quick, only, as_json)


@app.command()
def bench(as_json: AsJson = False) -> None:
    """Measure how fast this machine runs the model."""
    from tdiff.commands.bench import bench as run

    run(as_json)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Look at terminal, colours, locale, threads and model, and say how to fix what is off."""
    from tdiff.commands.doctor import doctor as run

    if not run(as_json):
        raise typer.Exit(1)


@app.command()
def reset_terminal() -> None:
    """Bring a terminal back that was left in a strange mode."""
    from tdiff.commands.doctor import reset_terminal as run

    run()


if __name__ == "__main__":
    main()
