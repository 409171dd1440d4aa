"""Where picture formats keep their texts: walked without decoding a pixel, so that any bytes can be inspected."""

from tdiff.provenance.containers.contents import contents_of, format_of
from tdiff.provenance.containers.found import Contents

__all__ = ["Contents", "contents_of", "format_of"]
