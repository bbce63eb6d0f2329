"""Files with places as programs write them, made by hand; what is read of them, or refused."""

import io
import json
import math
import sqlite3
import struct
from contextlib import closing

import pytest

from bencomune_cli import readers
from bencomune_cli.errors import Refused
from bencomune_cli.limits import Limits
from bencomune_cli.rows import Source

POINT = {"type": "Point", "coordinates": [9.15, 45.18]}
OGC = "http://www.opengis.net/kml/2.2"


def source_of(content, name="file", part=None, **limits):
    """Return bytes as a file that somebody brought."""
    content = content.encode() if isinstance(content, str) else content
    return Source(io.BytesIO(content), name, Limits(limits), part=part)


def table_of(content, name="file", part=None, **limits):
    """Return the table of a file, of the format that it is recognised as."""
    source = source_of(content, name, part, **limits)
    return readers.load(readers.recognised(source)).read(source)


def rows_of(content, name="file", **told):
    """Return the rows of a file, read twice to be sure that they can be."""
    table = table_of(content, name, **told)
    rows = list(table.rows())
    assert rows == list(table.rows())
    return rows


def refused(content, name="file", **told):
    """Return the sentence with which a file is refused, at once or at one of its rows."""
    with pytest.raises(Refused) as caught:
        list(table_of(content, name, **told).rows())
    return caught.value.text


def problem(row):
    """Return the only problem of a row: its column, its sentence, whether it is fatal."""
    (found,) = row.problems
    return found.column, found.message, found.fatal


def feature(geometry=POINT, properties=None, **members):
    """Return a feature of GeoJSON."""
    return {"type": "Feature", "properties": properties, "geometry": geometry} | members


def collection(*features, **members):
    """Return a collection of GeoJSON as text."""
    return json.dumps({"type": "FeatureCollection"} | members | {"features": list(features)})


def kml(*inside, namespace=OGC, head='<?xml version="1.0" encoding="UTF-8"?>'):
    """Return a KML file as text."""
    told = f' xmlns="{namespace}"' if namespace else ""
    return f"{head}<kml{told}><Document><name>Mappa</name>{''.join(inside)}</Document></kml>"


def placemark(*inside, point="9.15,45.18"):
    """Return a placemark of KML."""
    place = f"<Point><coordinates>{point}</coordinates></Point>" if point is not None else ""
    return f"<Placemark>{''.join(inside)}{place}</Placemark>"


def data(**fields):
    """Return extended data of KML."""
    told = (f'<Data name="{n}"><value>{text}</value></Data>' for n, text in fields.items())
    return f"<ExtendedData>{''.join(told)}</ExtendedData>"


def wkb(x=9.15, y=45.18, *more, order="<", code=1):
    """Return a point in well-known binary."""
    return struct.pack(f"{order}BI{2 + len(more)}d", order == "<", code, x, y, *more)


def blob(geometry, flags=1, envelope=b""):
    """Return a geometry as GeoPackage keeps it."""
    return b"GP\0" + bytes([flags]) + struct.pack("<i", 4326) + envelope + geometry


NOWHERE = blob(wkb(math.nan, math.nan), 0x11)
SYSTEMS = [
    ("WGS 84", 4326, "EPSG", 4326, "GEOGCS"),
    ("UTM 32N", 32632, "EPSG", 32632, "PROJCS"),
    ("mine", 100_000, "NONE", 100_000, "+proj=utm +zone=33"),
    ("none", -1, "NONE", -1, "undefined"),
]


def gpkg(*rows, srs=4326, layers=("spazi",), sql=(), columns="nome TEXT, posti INTEGER"):
    """Return a GeoPackage; each row is a geometry, then the values of the columns."""
    with closing(sqlite3.connect(":memory:")) as made:
        made.executescript(
            "PRAGMA page_size = 512; PRAGMA application_id = 0x47504B47;"
            "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY,"
            " organization TEXT, organization_coordsys_id INTEGER, definition TEXT);"
            "CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT);"
            "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT,"
            " geometry_type_name TEXT, srs_id INTEGER, z TINYINT, m TINYINT)"
        )
        made.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?)", SYSTEMS)
        for layer in layers:
            made.execute("INSERT INTO gpkg_contents VALUES (?, 'features')", [layer])
            made.execute(
                "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POINT', ?, 0, 0)",
                [layer, srs],
            )
            made.execute(f'CREATE TABLE "{layer}" (fid INTEGER PRIMARY KEY, geom BLOB, {columns})')
            for row in rows:
                marks = ", ".join("?" * len(row))
                made.execute(f'INSERT INTO "{layer}" VALUES (NULL, {marks})', row)
        for statement in sql:
            made.execute(statement)
        made.commit()
        return made.serialize()
