// The records as the page looks at them: by id, with their relations, contacts, areas and place.

DATA.kinds = DATA.kinds.filter(({ kind }) => DATA.records.some((each) => each.record_type === kind));
const KINDS = new Map(DATA.kinds.map((kind) => [kind.kind, kind]));
const BY_ID = new Map(DATA.records.map((record) => [record.id, record]));
const AREAS = new Map(DATA.areas.map((area) => [area.id, area]));
const BY_CODE = new Map(
  DATA.areas.filter((area) => area.area_kind === "municipality").map((area) => [area.code, area]),
);
const RELATIONS = grouped(DATA.relations, (each) => [each.subject, each.object]);
const CONTACTS = grouped(DATA.contacts, (each) => [each.record]);

function grouped(rows, keys) {
  const found = new Map();
  for (const row of rows) {
    for (const key of new Set(keys(row))) {
      if (!found.has(key)) found.set(key, []);
      found.get(key).push(row);
    }
  }
  return found;
}

// Without case and accents, as people search.
function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function areaName(id) {
  return AREAS.has(id) ? AREAS.get(id).name : id;
}

// The areas that a record lies in or serves, the nearest first, with their municipalities.
function areasOf(record) {
  const near = [record.neighbourhood, ...(record.area_served || [])].map((id) => AREAS.get(id));
  const found = [...near, BY_CODE.get(record.municipality)];
  const around = near.map((area) => area && BY_CODE.get(area.part_of));
  return [...new Set([...found, ...around])].filter(Boolean);
}

function street(record) {
  return [record.street, record.number].filter(Boolean).join(" ");
}

function town(record) {
  return [record.postcode, record.municipality_name].filter(Boolean).join(" ");
}

// Where a record is, in a few words: its street, its neighbourhood, its town.
function whereabouts(record) {
  const host = BY_ID.get(record.meets_at);
  const place = street(record) || (record.neighbourhood && areaName(record.neighbourhood));
  const areas = (record.area_served || []).map(areaName).join(", ");
  const told = [place || areas, record.municipality_name].filter(Boolean);
  const where = [...new Set(told)].join(", ");
  if (host) return say("meets_at", { where: host.name });
  if (record.lat === undefined && !street(record) && record.record_type === "group")
    return where ? say("no_door_in", { where }) : say("no_door");
  return where;
}

// The point where the map shows a record: its own, that of its host, or the middle of an area.
function place(record) {
  if (record.lat !== undefined)
    return { at: [record.lat, record.lon], rough: !["address", "street"].includes(record.precision) };
  const host = BY_ID.get(record.meets_at);
  if (host && host.lat !== undefined) return place(host);
  const area = areasOf(record).find((each) => middle(each));
  return area ? { at: middle(area), area } : null;
}

function middle(area) {
  if (area.box) return [(area.box[1] + area.box[3]) / 2, (area.box[0] + area.box[2]) / 2];
  return area.outline ? inside(area.outline) : null;
}

// A point inside an outline: the middle of the widest stretch on the line through its half height.
function inside(outline) {
  const largest = outline.map((rings) => rings[0]).sort((a, b) => b.length - a.length)[0];
  const heights = largest.map((corner) => corner[1]);
  const lat = (Math.min(...heights) + Math.max(...heights)) / 2 + 1e-7;
  const crossings = [];
  largest.forEach(([lon, high], n) => {
    const [lonNext, highNext] = largest[(n + 1) % largest.length];
    if (high > lat !== highNext > lat)
      crossings.push(lon + ((lat - high) / (highNext - high)) * (lonNext - lon));
  });
  crossings.sort((a, b) => a - b);
  let best = [0, 0];
  for (let n = 0; n + 1 < crossings.length; n += 2)
    if (crossings[n + 1] - crossings[n] >= best[1] - best[0]) best = crossings.slice(n, n + 2);
  return [lat, (best[0] + best[1]) / 2];
}

const PLACES = new Map(DATA.records.map((record) => [record.id, place(record)]));

// What search looks at: names, words, places and activities, in both languages.
function searched(record) {
  const does = (record.activities || []).flatMap((code) => labels("activity", code));
  const texts = [record.name, record.alt_names || [], record.summary, record.description, does];
  const host = BY_ID.get(record.meets_at)?.name;
  const places = [host, street(record), town(record), areasOf(record).map((area) => area.name)];
  return folded([...texts, ...places].flat().filter(Boolean).join("\n"));
}

const SEARCHED = new Map(DATA.records.map((record) => [record.id, searched(record)]));
const IN_AREAS = new Map(
  DATA.records.map((record) => [record.id, new Set(areasOf(record).map((area) => area.id))]),
);

// What a reader should know of a record before going there.
function warnings(record) {
  const told = [];
  if (record.state && record.state !== "active") told.push([record.state, term("state", record.state)]);
  if (["unverified", "overdue"].includes(record.freshness))
    told.push([record.freshness, term("freshness", record.freshness)]);
  return told;
}
