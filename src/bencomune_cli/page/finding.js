// What is looked for: words, kinds, an activity, an area; and the records that answer.

const FORM = document.getElementById("_find");
const WORDS = document.getElementById("_words");
const ACTIVITY = document.getElementById("_activity");
const AREA = document.getElementById("_area");

function asked() {
  return {
    words: folded(WORDS.value).split(/\s+/).filter(Boolean),
    kinds: new Set([...FORM.querySelectorAll("[name=kind]:checked")].map((box) => box.value)),
    activity: ACTIVITY.value,
    area: AREA.value,
  };
}

function isFiltered({ words, kinds, activity, area }) {
  return words.length > 0 || kinds.size < KINDS.size || activity !== "" || area !== "";
}

function answers(record, { words, kinds, activity, area }) {
  const text = SEARCHED.get(record.id);
  return (
    kinds.has(record.record_type) &&
    (!activity || (record.activities || []).includes(activity)) &&
    (!area || IN_AREAS.get(record.id).has(area)) &&
    words.every((word) => text.includes(word))
  );
}

// Kinds as boxes, activities and areas as choices, each with how many records it has.
function offerChoices() {
  const before = FORM.querySelector("[name=kind]") ? asked() : null;
  const counts = new Map();
  const count = (key) => counts.set(key, (counts.get(key) || 0) + 1);
  for (const record of DATA.records) {
    count(`kind ${record.record_type}`);
    for (const code of record.activities || []) count(`activity ${code}`);
    for (const id of IN_AREAS.get(record.id)) count(`area ${id}`);
  }
  document.getElementById("_kinds").replaceChildren(
    ...DATA.kinds.map(({ kind, plural }) => {
      const box = element("input", { type: "checkbox", name: "kind", value: kind, checked: true });
      box.checked = !before || before.kinds.has(kind); // what is cleared goes back to all
      const many = element("span", { class: "many" }, number(counts.get(`kind ${kind}`) || 0));
      return element("label", { class: "kind" }, box, sign(kind), chosen(plural), " ", many);
    }),
  );
  const option = (value, text, key) =>
    element("option", { value }, key ? `${text} (${number(counts.get(key))})` : text);
  ACTIVITY.replaceChildren(
    option("", say("any_activity")),
    ...Object.keys(DATA.terms.activity || {})
      .filter((code) => counts.has(`activity ${code}`))
      .map((code) => option(code, term("activity", code), `activity ${code}`)),
  );
  AREA.replaceChildren(option("", say("any_area")), ...areaChoices(counts, option));
  if (before) [ACTIVITY.value, AREA.value] = [before.activity, before.area];
}

// Municipalities with their neighbourhoods under them; districts last.
function areaChoices(counts, option) {
  const known = [...AREAS.values()].filter((area) => counts.has(`area ${area.id}`)).sort(byName);
  const choice = (area, text = area.name) => option(area.id, text, `area ${area.id}`);
  const grouped = known
    .filter((area) => area.area_kind === "municipality")
    .flatMap((whole) => {
      const parts = known.filter((area) => area.part_of && area.part_of === whole.code);
      if (!parts.length) return [choice(whole)];
      const first = choice(whole, `${whole.name}, ${say("whole_of")}`);
      return [element("optgroup", { label: whole.name }, first, ...parts.map((part) => choice(part)))];
    });
  const codes = new Set(known.filter((a) => a.area_kind === "municipality").map((a) => a.code));
  const rest = known.filter((a) => a.area_kind !== "municipality" && !codes.has(a.part_of));
  return [...grouped, ...rest.map((area) => choice(area))];
}

const COLLATOR = new Intl.Collator(own, { numeric: true });
function byName(one, other) {
  return COLLATOR.compare(one.name, other.name);
}

DATA.records.sort(byName);
