// The public card of a record: all that is published of it, in an order in which people ask.

const CARD = document.getElementById("_card");
const SECTIONS = {
  where: ["neighbourhood", "area_served", "meets_at", "address_note"],
  when: ["opening_hours", "opening_note", "meeting_rhythm", "started_on", "ended_on"],
  what: ["activities", "audiences"],
  how: ["access", "cost", "seats", "open_to_new_members", "wheelchair"],
  contact: ["phone", "email", "pec", "website", "links"],
};
// What the card tells elsewhere, or what is for machines.
const UNTOLD = new Set([
  ...["id", "name", "record_type", "lab_kind", "legal_form", "state", "freshness"],
  ...["summary", "description", "street", "number", "postcode", "municipality", "municipality_name"],
  "neighbourhood_name",
  ...["lat", "lon", "precision", "seat_public", "source", "verified_on", "verified_how"],
]);

function cardOf(record) {
  const kind = KINDS.get(record.record_type);
  const columns = new Map(kind.columns.map((column) => [column.name, column]));
  const placed = new Set([...Object.values(SECTIONS).flat(), ...UNTOLD]);
  const rest = kind.columns.map((column) => column.name).filter((name) => !placed.has(name));
  const section = (code, ...before) =>
    part(code, [...before, ...rows(record, columns, SECTIONS[code] || rest)]);
  return element(
    "article",
    {},
    element("button", { type: "button", class: "close", id: "_close" }, say("close")),
    element("p", { class: "kicker" }, sign(kind.kind), kindOf(record)),
    free("h2", record.name, { id: "_card_title", tabindex: "-1" }),
    badges(record),
    record.summary && free("p", record.summary, { class: "standfirst" }),
    record.description !== record.summary && prose(record.description),
    section("where", addressRow(record)),
    section("when"),
    section("what"),
    section("how"),
    section("contact", ...(CONTACTS.get(record.id) || []).map(contactRow)),
    part("with", relationRows(record)),
    section("more"),
    part("sources", (record.source || []).map((source) => ["", [free("span", link(source))]])),
    colophon(record),
  );
}

function kindOf(record) {
  const special = record.lab_kind ? ["lab_kind", record.lab_kind] : ["legal_form", record.legal_form];
  const label = chosen(KINDS.get(record.record_type).label);
  if (!special[1]) return label;
  const narrower = term(...special);
  return folded(narrower).startsWith(folded(label)) ? narrower : `${label} · ${narrower}`;
}

function badges(record) {
  const told = warnings(record);
  if (!told.length) return null;
  return element("p", { class: "badges" }, told.map(([code, text]) => badge(code, text)));
}

function badge(code, text) {
  return element("span", { class: `badge badge-${code}` }, text);
}

function prose(text) {
  if (!text) return null;
  return element("div", { class: "prose" }, text.split(/\n+/).map((line) => free("p", line)));
}

// A section with rows of a label and what is told; none where there is nothing to tell.
function part(code, found) {
  const told = found.filter(Boolean);
  if (!told.length) return null;
  const body = told.every(([label]) => label === "")
    ? element("ul", {}, told.map(([, values]) => values.map((value) => element("li", {}, value))))
    : element("dl", {}, told.flatMap(([label, values]) => [
        element("dt", {}, label),
        ...values.map((value) => element("dd", {}, value)),
      ]));
  return element("section", { class: `part part-${code}` }, element("h3", {}, say(code)), body);
}

function rows(record, columns, names) {
  return names
    .filter((name) => columns.has(name) && record[name] !== undefined && record[name] !== "")
    .map((name) => {
      const column = columns.get(name);
      const values = Array.isArray(record[name]) ? record[name] : [record[name]];
      return [chosen(column.label), values.map((value) => told(column, value, record))];
    });
}

// A value as people read it, by the kind that its column declares.
function told(column, value, record) {
  switch (column.kind) {
    case "Term":
      return term(column.of, value);
    case "YesNo":
      return say(value ? "yes" : "no");
    case "Integer":
      return number(value);
    case "PartialDate":
    case "Day":
    case "Moment":
      return date(value);
    case "Reference":
      return column.table === "areas" ? free("span", areaName(value)) : toRecord(value);
    case "Email":
      return element("a", { href: `mailto:${encodeURIComponent(value).replace("%40", "@")}` }, value);
    case "Phone":
      return element("a", { href: `tel:${value.replace(/[^+0-9]/g, "")}` }, value);
    case "WebAddress":
      return link(value, value.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, ""));
    default:
      if (column.name === "opening_hours" && record.hours_told) return chosen(record.hours_told);
      return free("span", String(value));
  }
}

function toRecord(id, name = id) {
  const record = BY_ID.get(id);
  return record ? element("a", { href: `#${id}` }, free("span", record.name)) : free("span", name);
}

function addressRow(record) {
  const lines = [street(record), town(record)].filter(Boolean);
  const notes = [];
  const rough = record.lat !== undefined && DATA.words[`point_${record.precision}`];
  if (rough) notes.push(say(`point_${record.precision}`));
  if (record.lat === undefined && PLACES.get(record.id)?.area) notes.push(say("point_area"));
  const values = lines.length ? [free("span", lines.join(", "))] : [];
  if (record.lat !== undefined && ["address", "street"].includes(record.precision))
    values.push(directions(record));
  values.push(...notes.map((note) => element("span", { class: "note" }, note)));
  return values.length ? [say(lines.length ? "address" : "map"), values] : null;
}

function directions({ lat, lon }) {
  return link(
    `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=17/${lat}/${lon}`,
    say("directions"),
  );
}

function contactRow(contact) {
  const column = (kind) => ({ kind });
  const values = [
    contact.person_name && free("span", contact.person_name),
    contact.phone && told(column("Phone"), contact.phone),
    contact.email && told(column("Email"), contact.email),
  ];
  return [term("contact_role", contact.role), values.filter(Boolean)];
}

function relationRows(record) {
  const found = new Map();
  for (const relation of RELATIONS.get(record.id) || []) {
    const inverse = relation.object === record.id;
    const role = term("relation_role", relation.role, inverse);
    const [id, name] = inverse
      ? [relation.subject, relation.subject_name]
      : [relation.object, relation.object_name];
    const after = [period(relation), act(relation)].filter(Boolean).join("; ");
    const value = element("span", {}, toRecord(id, name), after && `, ${after}`);
    if (relation.act_url) value.append(" ", link(relation.act_url, "↗"));
    if (!found.has(role)) found.set(role, []);
    found.get(role).push(value);
  }
  return [...found];
}

function period({ since, until }) {
  if (since && until) return say("from_until", { since: date(since), until: date(until) });
  if (since) return say("since", { date: date(since) });
  return until ? say("until", { date: date(until) }) : "";
}

function act({ act_type: type, act_number: name, act_date: day }) {
  const parts = [type && term("act_type", type), name, day && date(day)];
  return parts.filter(Boolean).join(" ");
}

// When it was verified, and where this card can be found again.
function colophon(record) {
  const day = record.verified_on && date(record.verified_on);
  const how = record.verified_how && term("verified_how", record.verified_how);
  const verified = !day
    ? say("never_verified")
    : say(how ? "verified_how" : "verified", { date: day, how: how?.toLocaleLowerCase(language) });
  const base = NETWORK.base_uri && NETWORK.base_uri.replace(/([^/#=])$/, "$1/");
  return element(
    "footer",
    { class: "colophon" },
    element("p", {}, verified),
    element("p", {}, element("a", { href: `#${record.id}` }, say("permalink"))),
    base && element("p", {}, `${say("permanent")}: `, link(base + record.id)),
  );
}
