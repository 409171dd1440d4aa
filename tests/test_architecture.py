"""What can be counted of the architecture; the rules of imports are in pyproject.toml."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "tdiff"
MOST_METHODS = 40
CLASSES = {
    node.name: (path.relative_to(PACKAGE).as_posix(), node)
    for path in sorted(PACKAGE.rglob("*.py"))
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.ClassDef)
}


def bases(name: str) -> list[str]:
    """Our own classes that a class names as its bases."""
    written = (ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in CLASSES[name][1].bases)
    return [base for base in written if base in CLASSES and base != name]


def ancestors(name: str) -> list[str]:
    """Our own classes above a class."""
    return [found for base in bases(name) for found in (base, *ancestors(base))]


def test_no_class_grows_without_end() -> None:
    """A class that has more methods and properties than a person can keep in mind has more than one job."""
    sizes = {
        f"{path}: {name}": sum(isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) for each in node.body)
        for name, (path, node) in CLASSES.items()
    }
    assert {name: size for name, size in sizes.items() if size > MOST_METHODS} == {}


def test_behaviour_is_composed_not_mixed_in() -> None:
    assert {name: found for name in CLASSES if len(found := bases(name)) > 1} == {}


def test_a_class_has_few_ancestors() -> None:
    """To read it, three others at most have to be read."""
    assert {name: line for name in CLASSES if len(line := ancestors(name)) > 3} == {}
