"""The command line. Each command imports what it needs inside itself, so that --help is instant."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tdiff.commands.json_lines import asks_for_json
from tdiff.commands.options import (
    AllowUnknown,
    AsJson,
    Clip,
    Color,
    Count,
    Device,
    Dtype,
    Engine,
    Eta,
    Film,
    FirstRecipe,
    GridFile,
    GridOut,
    Guidance,
    GuidanceStart,
    KeepPrompt,
    ModelFolder,
    Mouse,
    Negative,
    NegativeSwitches,
    Out,
    Overwrite,
    Plain,
    Prompt,
    PromptsFile,
    Ray,
    RecipeFile,
    SamplerName,
    Scale,
    Seed,
    StartImage,
    Steps,
    Strength,
    Switches,
    TracePath,
    Via,
    Watermark,
)
from tdiff.ending import run_to_exit
from tdiff.errors import OutputError, UsageError
from tdiff.lessons.core.loader import STUDIO
from tdiff.text import clean_text, shortened
from tdiff.typed_path import path_to_read


class _Root(TyperGroup):
    """Takes the name of a file for `open` and that file: `tdiff run.tdiff`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; a file that is there, or is called a trace, is opened."""
        first = args[0]
        if first not in self.commands and (first.lower().endswith(".tdiff") or os.path.isfile(first)):
            args = ["open", *args]
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="tdiff",
    cls=_Root,
    help="Learn how text-to-image diffusion works by running a real one, in your terminal.",
    no_args_is_help=False,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


_ParsingError: type[Exception] = typer.BadParameter.__mro__[2]
"""What Typer's parser raises (ClickException); Typer names its own copy of it in no public place."""


def main() -> None:
    """Run the command line; every refusal is one sentence on stderr, exit code 1 or 2."""
    run_to_exit(_parse_and_run, as_json=asks_for_json(sys.argv[1:]))


def _parse_and_run() -> int:
    try:
        code = app(prog_name="tdiff", standalone_mode=False)
    except _ParsingError as error:
        what = shortened(clean_text(error.format_message())).rstrip(".")  # type: ignore[attr-defined]  # repeats the typed
        context = error.ctx  # type: ignore[attr-defined]
        command = "tdiff" if context is None else context.command_path
        raise UsageError(f"{what[:1].lower()}{what[1:]}", remedy=f"see {command} --help") from error
    except OSError as error:
        if "--install-completion" not in sys.argv or error.filename is None:
            raise
        raise OutputError(
            f"cannot write {error.filename}: {error.strerror}",
            remedy="tdiff --show-completion prints the lines that belong in your shell's start-up file",
        ) from error
    return code if isinstance(code, int) else 0


def _version(asked: bool) -> None:
    if asked:
        from tdiff.version import version_line

        print(version_line())  # noqa: T201
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    lesson: Annotated[
        int | None, typer.Option(min=1, max=STUDIO, help=f"Open this lesson; {STUDIO} is the studio.")
    ] = None,
    recipe: FirstRecipe = None,
    model: ModelFolder = None,
    engine: Engine = None,
    device: Device = None,
    dtype: Dtype = None,
    mouse: Mouse = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="The bench in lines of text, for screen readers and pipes.")
    ] = False,
    color: Color = "auto",
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print version, commit and weights.")
    ] = False,
) -> None:
    """Learn how text-to-image diffusion works by running a real one, in your terminal.

    [bold]tdiff[/bold] opens the explorer.
    [bold]tdiff run.tdiff[/bold] opens a recorded run, [bold]tdiff --model FOLDER[/bold] a checkpoint.
    [bold]tdiff generate "a blue frog on a yellow background"[/bold] makes a picture.
    """
    if context.invoked_subcommand is None and plain:
        if model or engine or device or dtype:
            raise UsageError("--plain is run by numpy", remedy="leave out --model, --engine, --device and --dtype")
        raise typer.Exit(_plain(lesson, recipe))
    if context.invoked_subcommand is None:
        from tdiff.commands.engine_given import engine_given
        from tdiff.commands.explore import explore

        choice = engine_given(engine, model, device, dtype)

        raise typer.Exit(explore(lesson=lesson, recipe=recipe, choice=choice, mouse=mouse, color=color))
    if context.invoked_subcommand == "open":
        context.default_map = {"open": {"color": color, "mouse": mouse}}
        mouse, color = None, "auto"
    own = (("--lesson", lesson), ("--recipe", recipe), ("--mouse", mouse), ("--plain", plain or None))
    named = (("--model", model), ("--engine", engine), ("--device", device), ("--dtype", dtype))
    for name, value in (*own, *named):
        if value is not None:
            raise UsageError(
                f"{name} before a command belongs to the explorer",
                remedy=f"leave it out, or leave out {context.invoked_subcommand}",
            )
    if color != "auto":  # asked for before the command: for whatever it draws
        context.default_map = {context.invoked_subcommand: {"color": color}}


def _plain(lesson: int | None, recipe: Path | None) -> int:
    """A lesson as text, or the bench by lines of text."""
    from tdiff.commands.console import say
    from tdiff.commands.engine_given import engine_beside
    from tdiff.commands.inputs import read_recipe

    _, said = engine_beside("--plain", lessons=False)
    if said:
        say(said)

    given = None if recipe is None else read_recipe(recipe)
    if lesson is None or lesson == STUDIO:
        from tdiff.commands.plain_bench import run_plain

        return run_plain(given)
    from tdiff.commands.lesson import run_lesson
    from tdiff.recipe import FIRST_PROMPT, FIRST_SEED, Recipe

    run_lesson(lesson, True, given.without_maker() if given else Recipe(prompt=FIRST_PROMPT, seed=FIRST_SEED))
    return 0


@app.command(name="lesson", epilog="Example: tdiff lesson 1 --plain | less")
def lesson_(
    number: Annotated[int | None, typer.Argument(help="Which lesson; none lists them.")] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Print it as text, for screen readers and pipes; its experiments are run.")
    ] = False,
    prompt: Annotated[str | None, typer.Option(help="Prompt of its experiments.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of its experiments.")] = None,
    color: Color = "auto",
    as_json: AsJson = False,
) -> None:
    """List the lessons, open one, or print one."""
    if number is not None and not plain and not as_json and sys.stdout.isatty() and 1 <= number <= STUDIO:
        from tdiff.commands.engine_given import engine_beside
        from tdiff.commands.explore import explore

        choice, said = engine_beside(f"lesson {number}", lessons=True)
        raise typer.Exit(explore(lesson=number, choice=choice, color=color, notes=[said] if said else []))
    from tdiff.commands.lesson import run_lesson
    from tdiff.recipe import FIRST_PROMPT, FIRST_SEED, Recipe

    recipe = Recipe(prompt=prompt or FIRST_PROMPT, seed=FIRST_SEED if seed is None else seed)
    run_lesson(number, plain, recipe, as_json)


@app.command(name="open", epilog="Example: tdiff open run.tdiff, or in short: tdiff run.tdiff")
def open_(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="A recorded run, or two beside each other; a picture or a recipe.",
            parser=path_to_read,
            metavar="files...",
        ),
    ],
    mouse: Mouse = None,
    color: Color = "auto",
) -> None:
    """Open a recorded run in the explorer, or a picture's recipe."""
    from tdiff.commands.engine_given import engine_beside, engine_given
    from tdiff.commands.explore import explore
    from tdiff.traces.reader import is_trace

    if len(files) == 1 and files[0].suffix.lower() != ".tdiff" and not is_trace(files[0]):
        choice = engine_given(None, None, None, None)
        raise typer.Exit(explore(recipe=files[0], choice=choice, mouse=mouse, color=color))
    choice, said = engine_beside("a recorded run", lessons=False)
    raise typer.Exit(explore(traces=files, choice=choice, mouse=mouse, color=color, notes=[said] if said else []))


@app.command(epilog='Example: tdiff generate "a blue frog on a yellow background" --seed 1 --count 4')
def generate(
    prompt: Prompt = None,
    negative: Negative = None,
    allow_unknown: AllowUnknown = False,
    switch: Switches = None,
    switch_negative: NegativeSwitches = None,
    start_image: StartImage = None,
    strength: Strength = None,
    prompts_file: PromptsFile = None,
    recipe: RecipeFile = None,
    guidance: Guidance = None,
    guidance_start: GuidanceStart = None,
    steps: Steps = None,
    sampler: SamplerName = None,
    eta: Eta = None,
    seed: Seed = None,
    count: Count = 1,
    clip: Clip = None,
    out: Out = None,
    film: Film = None,
    trace: TracePath = None,
    model: ModelFolder = None,
    engine: Engine = None,
    device: Device = None,
    dtype: Dtype = None,
    via: Via = None,
    ray: Ray = None,
    scale: Scale = 1,
    overwrite: Overwrite = False,
    keep_prompt: KeepPrompt = None,
    watermark: Watermark = None,
    plain: Plain = False,
    color: Color = "auto",
    as_json: AsJson = False,
) -> None:
    """Make pictures from a sentence."""
    from tdiff.commands.engine_given import engine_given
    from tdiff.commands.generate import run_generate
    from tdiff.commands.inputs import recipe_given
    from tdiff.commands.many import generate_many
    from tdiff.commands.outputs import Output, keeps_prompts
    from tdiff.commands.recipe_options import RecipeOptions
    from tdiff.engines.choice import EngineChoice
    from tdiff.recipe.command import parse_switches

    if prompts_file is None and prompt is None and recipe is None:
        raise UsageError(
            "tdiff generate needs a prompt", remedy='write tdiff generate "a red apple", or give --recipe FILE'
        )
    if prompts_file is not None and (prompt is not None or start_image or film or trace or count > 1):
        raise UsageError(
            "--prompts-file brings the prompts", remedy="leave out PROMPT, --count, --start-image, --film and --trace"
        )
    if strength is not None and start_image is None:
        raise UsageError("--strength says how far to depart from a start picture", remedy="give one with --start-image")
    options = RecipeOptions(
        prompt=prompt,
        negative=negative,
        guidance=guidance,
        guidance_start=guidance_start,
        steps=steps,
        sampler=sampler,
        eta=eta,
        seed=seed,
        clip=clip,
        watermark=watermark,
        switches=parse_switches(switch or [], switch_negative or []) or None,
    )
    wanted = recipe_given(recipe, options)
    output = Output(
        out=out,
        film=film,
        trace=trace,
        scale=scale,
        overwrite=overwrite,
        keep_prompt=keeps_prompts(keep_prompt),
        color=color,
        as_json=as_json,
        plain=plain,
    )
    if prompts_file is not None and via is not None:
        raise UsageError("--prompts-file loads the model once for all its prompts", remedy="leave out --via")
    if prompts_file is not None:
        choice = engine_given(engine, model, device, dtype)
        generate_many(prompts_file, wanted, output, allow_unknown=allow_unknown, choice=choice, ray=ray)
        return
    if ray is not None:
        raise UsageError("--ray spreads the pictures of many prompts", remedy="give them with --prompts-file")
    start = None if start_image is None else (start_image, 0.6 if strength is None else strength)
    # A server has its own model; whether options of an engine go with it, it says itself.
    kind = engine_given if via is None else EngineChoice
    run_generate(
        wanted,
        output,
        count=count,
        start=start,
        allow_unknown=allow_unknown,
        chosen_seed=seed is not None or recipe is not None,
        choice=kind(engine, model, device, dtype),
        via=via,
    )


@app.command(epilog='Example: tdiff grid "a red apple" --x guidance=0,1,4,8 --y seed=1..4 --out grid.png')
def grid(
    prompt: Annotated[str | None, typer.Argument(help="The prompt of every cell, unless an axis changes it.")] = None,
    x: Annotated[
        str | None,
        typer.Option(help='FIELD=VALUES of the columns, such as guidance=0,1,4,8 or prompt=a dog,"a cat, flat"'),
    ] = None,
    y: Annotated[str | None, typer.Option(help="FIELD=VALUES of the rows, such as seed=1..4")] = None,
    recipe: GridFile = None,
    negative: Negative = None,
    guidance: Guidance = None,
    guidance_start: GuidanceStart = None,
    steps: Steps = None,
    sampler: SamplerName = None,
    eta: Eta = None,
    seed: Seed = None,
    clip: Clip = None,
    out: GridOut = None,
    model: ModelFolder = None,
    engine: Engine = None,
    device: Device = None,
    dtype: Dtype = None,
    ray: Ray = None,
    scale: Scale = 2,
    overwrite: Overwrite = False,
    keep_prompt: KeepPrompt = None,
    plain: Plain = False,
    color: Color = "auto",
    as_json: AsJson = False,
) -> None:
    """Vary one or two settings of a prompt, as a grid of pictures."""
    from tdiff.commands.engine_given import engine_given
    from tdiff.commands.grid import grid_given, run_grid
    from tdiff.commands.outputs import Output, keeps_prompts
    from tdiff.commands.recipe_options import RecipeOptions

    options = RecipeOptions(
        prompt=prompt,
        negative=negative,
        guidance=guidance,
        guidance_start=guidance_start,
        steps=steps,
        sampler=sampler,
        eta=eta,
        seed=seed,
        clip=clip,
    )
    wanted = grid_given(recipe, x, y, options)
    output = Output(
        out=out,
        scale=scale,
        overwrite=overwrite,
        keep_prompt=keeps_prompts(keep_prompt),
        color=color,
        as_json=as_json,
        plain=plain,
    )
    run_grid(wanted, output, engine_given(engine, model, device, dtype), ray)


@app.command(epilog="Example: tdiff words animal")
def words(
    wanted: Annotated[
        str | None,
        typer.Argument(help="A kind, such as colour; a category, such as animal; or part of a word.", metavar="FILTER"),
    ] = None,
    plain: Plain = False,
    color: Color = "auto",
    as_json: AsJson = False,
) -> None:
    """List the words that a prompt may use: nouns, colours, styles, places, relations."""
    from tdiff.commands.words import words as run

    run(wanted, as_json, plain, color)


@app.command()
def inspect(
    file: Annotated[
        Path, typer.Argument(help="PNG, JPEG, WebP or GIF, a recipe or a trace.", parser=path_to_read, metavar="file")
    ],
    as_json: AsJson = False,
) -> None:
    """Show what a file says about itself: source type, recipe, signed credentials; of a trace, what was recorded."""
    from tdiff.commands.inspect import inspect as run

    run(file, as_json)


@app.command()
def diff(
    a: Annotated[Path, typer.Argument(help="A picture made by tdiff, or a recipe.", parser=path_to_read, metavar="a")],
    b: Annotated[Path, typer.Argument(help="Another.", parser=path_to_read, metavar="b")],
    as_json: AsJson = False,
) -> None:
    """Show how two recipes differ."""
    from tdiff.commands.inspect import diff as run

    run(a, b, as_json)


@app.command(epilog='Example: tdiff clip "a red apple" apple.png')
def clip(
    prompt: Annotated[str, typer.Argument(help="A sentence.")],
    pictures: Annotated[
        list[Path], typer.Argument(help="One or more pictures.", parser=path_to_read, metavar="pictures...")
    ],
    as_json: AsJson = False,
) -> None:
    """Score how well a sentence fits a picture, by the text–image pair."""
    from tdiff.commands.match import match

    match(prompt, pictures, as_json)


@app.command(name="eval")
def evaluate(
    quick: Annotated[bool, typer.Option("--quick", help="A minute instead of an hour.")] = False,
    only: Annotated[str | None, typer.Option(help="Comma-separated parts; an unknown one lists them.")] = None,
    guidance: Guidance = None,
    guidance_start: GuidanceStart = None,
    model: ModelFolder = None,
    engine: Engine = None,
    device: Device = None,
    dtype: Dtype = None,
    ray: Ray = None,
    as_json: AsJson = False,
) -> None:
    """Measure this model: prompt following, looks, variety, diversity, memorisation."""
    from tdiff.commands.engine_given import engine_given
    from tdiff.commands.evaluate import evaluate as run

    run(quick, only, as_json, guidance, guidance_start, engine_given(engine, model, device, dtype), ray)


watermark_app = typer.Typer(help="Look for a mark hidden in the starting noise.", no_args_is_help=True)
app.add_typer(watermark_app, name="watermark")


@watermark_app.callback()
def watermark_root() -> None:
    """Look for a mark hidden in the starting noise (`tdiff generate --watermark KEY` hides it)."""


@watermark_app.command(epilog="Example: tdiff watermark detect frog.png --key d1ff")
def detect(
    picture: Annotated[Path, typer.Argument(help="PNG, JPEG, WebP or GIF.", parser=path_to_read, metavar="picture")],
    key: Annotated[str | None, typer.Option(help="Id of the key; the one in the file's recipe, or d1ff.")] = None,
    method: Annotated[str, typer.Option(help="ring, which generate hides, or bits.")] = "ring",
    as_json: AsJson = False,
) -> None:
    """Say whether a key's mark is in the noise that a picture was made from, and what that proves."""
    from tdiff.commands.watermark import detect as run

    run(picture, key, as_json, method)


@app.command(epilog="Example: tdiff serve")
def serve(
    api: Annotated[bool, typer.Option("--api", help="Keep a model loaded for generate --via and programs.")] = False,
    socket: Annotated[
        Path | None,
        typer.Option(
            help="Unix socket to listen on, for you alone; by default in the usual place.",
            parser=path_to_read,
            metavar="path",
        ),
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Network interface to listen on; by default 127.0.0.1, this machine only.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; 0 for a free one. Default 8000 for browsers.")
    ] = None,
    visitors: Annotated[int, typer.Option(help="Browsers that may be here at once.")] = 8,
    idle: Annotated[float, typer.Option(help="Minutes after which a visitor who does nothing is sent away.")] = 30,
    keep: Annotated[
        bool, typer.Option("--keep", help="Let visitors use your own settings, history and progress.")
    ] = False,
    model: ModelFolder = None,
    engine: Engine = None,
    device: Device = None,
    dtype: Dtype = None,
    as_json: AsJson = False,
) -> None:
    """Show the explorer in a browser, or keep a model loaded for commands and programs (--api)."""
    from tdiff.commands.engine_given import engine_given
    from tdiff.commands.serve import serve_api, serve_browser

    if api:
        serve_api(engine_given(engine, model, device, dtype), socket, host, port, as_json)
        return
    if socket or model or engine or device or dtype:
        raise UsageError(
            "the explorer in a browser listens on a port and runs the model that ships with tdiff",
            remedy="leave out --socket, --model, --engine, --device and --dtype, or pass --api",
        )
    serve_browser(host, port, visitors, idle, keep, as_json)


@app.command()
def bench(as_json: AsJson = False) -> None:
    """Measure how fast this machine runs the model."""
    from tdiff.commands.bench import bench as run

    run(as_json)


@app.command()
def doctor(color: Color = "auto", as_json: AsJson = False) -> None:
    """Check terminal, colours, locale, threads and model, and say how to fix what is wrong."""
    from tdiff.commands.doctor import doctor as run

    if not run(as_json, color):
        raise typer.Exit(1)


@app.command()
def reset_terminal(as_json: AsJson = False) -> None:
    """Restore a terminal that was left in a strange mode."""
    from tdiff.commands.doctor import reset_terminal as run

    run(as_json)


if __name__ == "__main__":
    main()
