// The directory: records by kind, in the order of their names; many are shown step by step.

const RECORDS = document.getElementById("_records");
const MOST = 200; // records shown at once
let shown = MOST;

function showList(found, printed = false) {
  const most = printed ? found.length : shown;
  const parts = [];
  let room = most;
  for (const { kind, plural } of DATA.kinds) {
    const all = found.filter((record) => record.record_type === kind);
    const some = all.slice(0, Math.max(room, 0));
    room -= some.length;
    if (some.length) {
      const many = element("span", { class: "many" }, number(all.length));
      const title = element("h3", { class: `of-${kind}` }, sign(kind), chosen(plural), " ", many);
      parts.push(title, element("ul", { class: "records" }, some.map((each) => item(each, { printed }))));
    }
  }
  if (found.length > most) parts.push(moreButton(found, most));
  RECORDS.replaceChildren(...parts);
}

function item(record, { printed = false, signed = false }) {
  const name = free("span", record.name);
  const current = location.hash === `#${record.id}` ? "true" : null;
  const activities = (record.activities || []).map((code) => term("activity", code)).join(", ");
  return element(
    "li",
    { class: record.state === "closed" ? "closed" : null },
    signed && [sign(record.record_type), " "],
    element("a", { href: `#${record.id}`, "aria-current": current }, name),
    element("span", { class: "badges" }, warnings(record).map(([code, text]) => badge(code, text))),
    free("p", [kindDetail(record), whereabouts(record)].filter(Boolean).join(" · ")),
    activities && element("p", { class: "activities" }, activities),
    printed && element("div", { class: "printed" }, printedLines(record)),
  );
}

function kindDetail(record) {
  if (record.lab_kind) return term("lab_kind", record.lab_kind);
  return record.legal_form ? term("legal_form", record.legal_form) : "";
}

// What paper tells besides: it has no card to open.
function printedLines(record) {
  const hours = record.hours_told ? chosen(record.hours_told) : record.opening_hours;
  const people = (CONTACTS.get(record.id) || []).map((each) =>
    [term("contact_role", each.role), each.person_name, each.phone, each.email].filter(Boolean).join(", "),
  );
  const lines = [record.summary, hours, record.opening_note, record.meeting_rhythm];
  const reach = [record.phone, record.email, record.website].filter(Boolean).join(" · ");
  const partners = relationRows(record).map(
    ([role, values]) => `${role}: ${values.map((value) => value.textContent).join("; ")}`,
  );
  return [...lines, reach, ...people, ...partners]
    .filter(Boolean)
    .map((line) => free("p", line));
}

function moreButton(found, most) {
  const left = number(Math.min(found.length - most, MOST));
  const button = element("button", { type: "button", id: "_more" }, say("show_more", { n: left }));
  button.addEventListener("click", () => {
    shown += MOST;
    showList(found);
    RECORDS.querySelectorAll("li > a")[most]?.focus();
  });
  return button;
}

function markCurrent() {
  for (const each of RECORDS.querySelectorAll("li > a")) {
    if (each.hash === location.hash) {
      each.setAttribute("aria-current", "true");
      each.scrollIntoView({ block: "nearest" });
    } else each.removeAttribute("aria-current");
  }
}
