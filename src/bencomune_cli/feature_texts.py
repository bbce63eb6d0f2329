"""Features of GeoJSON (RFC 7946), as SQL that makes one of each published record."""

from .layers import Layer
from .sql import batched, filled, literal, quoted

# The geometry holds the point, and map programs keep the feature's id: uMap has template variables
# named lat, lon and id, which properties of those names would hide.
_ELSEWHERE = frozenset({"id", "lat", "lon"})
MOST = 60  # properties of one call of json_object, which takes two arguments for each


def feature(layer: Layer) -> str:
    """Return an expression over a layer's columns: a feature (RFC 7946) on one line, in WGS 84."""
    columns = [column for column in layer.columns if column.name not in _ELSEWHERE]
    pairs = [f"{literal(c.name)}, {c.kind.sql_json(quoted(c.name))}" for c in columns]
    # A function of SQLite takes 127 arguments at most: some objects are made and joined to one.
    objects = [f"json_object({', '.join(part)})" for part in batched(pairs, MOST)]
    first = "".join(f"rtrim({each}, '}}') || ',' || " for each in objects[:1] if objects[1:])
    middle = "".join(f"rtrim(substr({each}, 2), '}}') || ',' || " for each in objects[1:-1])
    last = f"substr({objects[-1]}, 2)" if objects[1:] else objects[0]
    pieces = [
        ('{"type":"Feature","id":"', "id"),
        ('","geometry":', "NULL"),
        *_geometry(layer),
        (',"properties":', f"{first}{middle}{last}"),
        ("}", "NULL"),
    ]
    return filled(pieces)


def _geometry(layer: Layer) -> list[tuple[str, str]]:
    if not layer.has_point:
        return [("null", "NULL")]
    around = ['{"type":"Point","coordinates":[', ",", "]}"]
    point = layer.column("lon").kind.sql_texts(["lon", "lat"], around)
    return [("", f"coalesce({point}, 'null')")]
