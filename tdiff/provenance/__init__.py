"""What a file says about where its picture came from: written on export, read back by `tdiff inspect`."""

from tdiff.provenance.read import Metadata, read_metadata
from tdiff.provenance.write import text_fields

__all__ = ["Metadata", "read_metadata", "text_fields"]
