"""Where PyTorch computes and in which numbers: named by people, checked before anything is loaded."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import tdiff
from tdiff.errors import UsageError
from tdiff.text import clean_text

DTYPES: Final = ("float32", "float16", "bfloat16")

INSTALL: Final = {
    "torch": "pip install 'tdiff-explorer[torch]'",
    "diffusers": "pip install 'tdiff-explorer[diffusers]'",
}
"""Engine → what brings in what it needs."""

_SECONDS: Final = 120.0
"""How long PyTorch may take to start where only its devices are asked for."""


def require(engine: str) -> None:
    """Refuse an engine whose packages are not installed.

    Raises:
        UsageError: they are not.
    """
    needed = ("torch",) if engine == "torch" else ("torch", "diffusers", "transformers")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(f"the engine {engine} needs {' and '.join(missing)}", remedy=INSTALL[engine])


def device_named(name: str | None) -> Any:
    """Return the torch.device of that name.

    Args:
        name: cpu, cuda, cuda:1, mps; None for the best there is.

    Raises:
        UsageError: there is no such device here.
    """
    import torch

    if name is None:
        return torch.device("cuda" if torch.cuda.is_available() else "mps" if _has_mps() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise UsageError(
            f"there is no device {clean_text(name, 30)}", remedy="choose cpu, cuda, cuda:1 or mps"
        ) from error
    if device.type == "cuda":
        _check_cuda(device, name)
    elif device.type == "mps" and not _has_mps():
        raise UsageError("this machine has no Apple GPU that PyTorch can use (mps)", remedy="choose cpu")
    elif device.type not in ("cpu", "mps"):
        raise UsageError(
            f"tdiff runs on cpu, cuda and mps, not on {clean_text(name, 30)}", remedy="choose one of these"
        )
    return device


def dtype_named(name: str | None, device: Any) -> Any:
    """Return the torch.dtype of that name.

    Args:
        name: one of DTYPES; None for float32.
        device: where it is to be used.

    Raises:
        UsageError: there is no such dtype, or the device is slow or wrong in it.
    """
    import torch

    if name is None:
        return torch.float32
    if name not in DTYPES:
        raise UsageError(f"--dtype is one of {', '.join(DTYPES)}, not {clean_text(name, 30)}")
    if name == "float16" and device.type == "cpu":
        raise UsageError(
            "float16 on a CPU is slow and overflows", remedy="choose float32 or bfloat16, or another device"
        )
    return getattr(torch, name)


def memory_of(device: Any) -> str:
    """Say how much memory a device has and how much of it is free; "" where that is not known."""
    import torch

    if device.type != "cuda":
        return ""
    free, total = torch.cuda.mem_get_info(device)
    return f"{free / 2**30:.1f} of {total / 2**30:.1f} GB free"


def memory_in_use(device: Any) -> str:
    """Say how much memory PyTorch holds on a GPU, or this program on a CPU; "" where that is not known."""
    import torch

    if device.type == "cuda":
        return f"{torch.cuda.memory_reserved(device) / 2**30:.1f} GB"
    if device.type == "mps":
        return f"{torch.mps.driver_allocated_memory() / 2**30:.1f} GB"
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):  # only Linux tells
        return ""
    return f"{pages * os.sysconf('SC_PAGE_SIZE') / 2**30:.1f} GB"


def free_memory() -> str:
    """Say how much of the main memory is free; "" where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        kilobytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
        return f"{kilobytes['MemAvailable'] / 2**20:.1f} of {kilobytes['MemTotal'] / 2**20:.1f} GB free"
    except (OSError, ValueError, IndexError, KeyError):  # only Linux tells
        return ""


def devices_here() -> str:
    """Say where PyTorch can compute on this machine; an installation that is broken or crashes is told, not raised."""
    ours = str(Path(tdiff.__file__).parents[1])
    path = os.pathsep.join(filter(None, (ours, os.environ.get("PYTHONPATH"))))
    code = "from tdiff.engines.devices import list_devices; print(list_devices())"
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", code],
            env=os.environ | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"PyTorch does not start within {_SECONDS:g} s: install it again"
    except OSError as error:
        return f"PyTorch cannot be asked ({error.strerror})"
    if done.returncode:
        why = f"signal {-done.returncode}" if done.returncode < 0 else f"exit code {done.returncode}"
        return f"PyTorch does not start (it ends Python with {why}): install it again"
    return clean_text(done.stdout.decode("utf-8", "replace").strip(), 2000)


def list_devices() -> str:
    """Say the same of this process."""
    try:
        import torch

        found = ["cpu"]
        for place in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
            device = torch.device("cuda", place)
            found.append(f"cuda:{place} {clean_text(torch.cuda.get_device_name(place), 60)}, {memory_of(device)}")
        if torch.backends.mps.is_available():
            found.append("mps")
    except (ImportError, OSError, RuntimeError) as error:
        return f"PyTorch does not start ({clean_text(str(error).partition(chr(10))[0], 100)}): install it again"
    return "; ".join(found)


def _check_cuda(device: Any, name: str) -> None:
    import torch

    if torch.version.cuda is None and torch.version.hip is None:
        raise UsageError(
            f"this PyTorch ({torch.__version__}) was built without CUDA",
            remedy="install one with it (see pytorch.org), or choose cpu",
        )
    if not torch.cuda.is_available():
        raise UsageError(
            "PyTorch finds no GPU that it can use",
            remedy=(
                "look at nvidia-smi, since the driver may be missing or older than "
                f"CUDA {torch.version.cuda}, or choose cpu"
            ),
        )
    if device.index is not None and device.index >= torch.cuda.device_count():
        raise UsageError(
            f"there is no device {clean_text(name, 30)}, as the GPUs here are numbered 0 to "
            f"{torch.cuda.device_count() - 1}",
            remedy="choose one of these",
        )


def _has_mps() -> bool:
    import torch

    return bool(torch.backends.mps.is_available())
