"""What `tdiff doctor` says of engines: which are here, where they compute, and how to get the others."""

import importlib.metadata
import importlib.util

from tdiff.engines.devices import INSTALL, devices_here, free_memory

_NEEDED = {"torch": ("torch",), "diffusers": ("diffusers", "transformers", "torch")}

_SHORT = (
    "for checkpoints --dtype float16 (on a GPU) or bfloat16 halves what weights take; low_memory under [engine] in the "
    'settings is "slicing" (less at once) or "offload" (on the GPU only what is at work)'
)


def engines() -> dict[str, str]:
    """Return engine → versions, or what installs it; and the devices that PyTorch can use."""
    facts = {"engine numpy": f"{importlib.metadata.version('numpy')}, CPU, float32"}
    for engine, packages in _NEEDED.items():
        missing = [name for name in packages if importlib.util.find_spec(name) is None]
        if missing:
            facts[f"engine {engine}"] = f"not installed ({', '.join(missing)}): {INSTALL[engine]}"
        else:
            versions = (f"{name} {_version(name)}" for name in packages)
            facts[f"engine {engine}"] = ", ".join(versions)
    if importlib.util.find_spec("torch") is not None:
        facts["devices"] = devices_here()
        free = free_memory()
        if free:
            facts["main memory"] = free
        facts["if it is short"] = _SHORT
    return facts


def _version(package: str) -> str:
    """The version that is installed; a copy from sources may not say."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "of an unknown version"
