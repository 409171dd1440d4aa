"""Text cut to the cells that it has."""

from rich.cells import cell_len, set_cell_size


def clipped(text: str, room: int) -> str:
    """Return a title, its end cut away where it is wider than `room` cells."""
    return text if cell_len(text) <= room else f"{set_cell_size(text, room - 1).rstrip()}…"
