"""A small town that pages and sheets show."""

import json

from bencomune_cli.entities import Area, Contact, Group, Lab, Organisation, Relation

BOUNDARY = [[9.0, 45.0], [9.1, 44.98], [9.2, 45.0], [9.2, 45.2], [9.0, 45.2], [9.0, 45.0]]


def settled(registry):
    """Add a lab with a point, a closed one, groups, an organisation, who does what; return it."""
    point = {"lat": "45.1", "lon": "9.1", "precision": "address"}
    with registry.operation("test"):
        area = registry.finder.area("Comune Esempio")
        boundary = json.dumps({"type": "Polygon", "coordinates": [BOUNDARY]})
        registry.store.update(Area, area.replaced(boundary=boundary), ["boundary"])
        rione = {"name": "Rione Esempio", "area_kind": "neighbourhood", "part_of": "000001"}
        registry.add(Area, rione)
        here = {"municipality": "000001", "state": "active"}
        lab = {"street": "via Prova", "number": "12/A", "opening_hours": "Mo-Fr 16:00-19:00"}
        more = {"activities": "reading_books, sport_play", "phone": "02 0000 0000"}
        more |= {"lab_kind": "library", "website": "example.org", "started_on": "2019-09"}
        registry.add(Lab, {"name": "Casa Perché", **here, **lab, **more, **point})
        registry.add(
            Lab, {"name": "Bottega", **here, "state": "closed", "lat": "45.15", "lon": "9.05"}
        )
        registry.add(Group, {"name": "Lettori", **here, "meets_at": "casa-perche"})
        door = {"neighbourhood": "rione-esempio", "activities": "green_care"}
        registry.add(Group, {"name": "Orto", **here, **door})
        registry.add(Organisation, {"name": "Circolo", **here, "legal_form": "aps"})
        ends = {"subject": "circolo", "role": "manages", "object": "casa-perche", "since": "2020"}
        registry.add(Relation, ends)
        contact = {"role": "press", "person_name": "Nome Inventato", "email": "a@example.org"}
        basis = {"basis": "public_office", "scope": "open_data"}
        registry.add(Contact, {"record": "casa-perche", **contact, **basis})
    return registry
