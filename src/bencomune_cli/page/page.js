// The page as a whole: what is shown when somebody searches, opens a card, prints, changes language.

const LIST = document.getElementById("_list");
let found = DATA.records;
let cameFrom = null; // what had the focus before the card
let several = false; // whether the card lists records of one place

function showFound() {
  const wanted = asked();
  found = DATA.records.filter((record) => answers(record, wanted));
  showList(found);
  showOnMap(found);
  showCount(isFiltered(wanted));
}

function showCount(filtered) {
  const n = number(found.length);
  const code = ["results_none", "results_one"][found.length] || (filtered ? "results_many" : "results_all");
  document.getElementById("_count").textContent = say(code, { n });
  document.getElementById("_clear").hidden = !filtered;
}

function showTexts() {
  document.documentElement.lang = language;
  document.title = `${NETWORK.name || ""} – ${say("map_of")}`;
  for (const each of document.querySelectorAll("[data-word]")) each.textContent = say(each.dataset.word);
  WORDS.placeholder = say("search_hint");
  document.getElementById("_name").replaceChildren(free("span", NETWORK.name || ""));
  document.getElementById("_skips").setAttribute("aria-label", say("skip_to_list"));
  const languages = document.getElementById("_languages");
  languages.setAttribute("aria-label", say("languages"));
  languages.replaceChildren(...DATA.languages.map(languageButton));
  showLegend();
  showAbout();
}

function languageButton(code) {
  const name = new Intl.DisplayNames(code, { type: "language" }).of(code);
  const pressed = String(code === language);
  const button = element("button", { type: "button", lang: code, "aria-pressed": pressed }, name);
  button.addEventListener("click", () => {
    language = code;
    start();
    document.querySelector(`#_languages [lang=${code}]`).focus();
  });
  return button;
}

// Whose data these are, and the files that lie beside the page.
function showAbout() {
  const credits = [...new Set(DATA.areas.map((area) => area.licence).filter(Boolean))];
  const facts = [
    ["publisher", NETWORK.publisher && free("span", NETWORK.publisher)],
    ["contact", NETWORK.email && told({ kind: "Email" }, NETWORK.email)],
    ["contact", NETWORK.website && told({ kind: "WebAddress" }, NETWORK.website)],
    ["licence", NETWORK.licence && link(NETWORK.licence_url || "", NETWORK.licence)],
    ["updated", DATA.changed_at && date(DATA.changed_at)],
    ["credits", credits.length && OUTLINES.size && credits.join("; ")],
  ];
  const rows = facts.filter(([, value]) => value);
  document.getElementById("_about").replaceChildren(
    element("section", {}, element("h2", {}, say("about")), prose(NETWORK.description) || "",
      element("dl", {}, rows.flatMap(([code, value]) => [
        element("dt", {}, say(code)), element("dd", {}, value)]))),
    ...downloads(),
    printButton(),
    element("p", { class: "note" }, link("https://leafletjs.com", say("drawn_by"))),
  );
}

function printButton() {
  const button = element("button", { type: "button", id: "_print" }, say("print"));
  button.addEventListener("click", () => print());
  return button;
}

function downloads() {
  if (!DATA.beside.length) return [];
  const rows = DATA.beside.flatMap(({ title, files }) => [
    element("dt", {}, title ? chosen(title) : say("other_files")),
    ...files.map(([name, text]) =>
      element("dd", {}, element("a", { href: encodeURIComponent(name), download: true }, text)),
    ),
  ]);
  return [element("section", { class: "downloads" }, element("h2", {}, say("downloads")),
    element("dl", {}, rows))];
}

// Cards

function openHash() {
  const id = location.hash.slice(1);
  const record = BY_ID.get(id);
  markCurrent();
  if (record) {
    several = false;
    openCard(cardOf(record));
    lookAt(record);
  } else if (!id && !several) {
    closeCard();
  }
}

function openSeveral(records, area) {
  several = true;
  const title = area
    ? [free("span", area.name), element("span", { class: "note" }, say("area_many", { n: records.length }))]
    : [say("here_many", { n: records.length })];
  openCard(
    element("article", {},
      element("button", { type: "button", class: "close", id: "_close" }, say("close")),
      element("h2", { id: "_card_title", tabindex: "-1" }, title[0]),
      title[1] ? element("p", {}, title[1]) : "",
      element("ul", { class: "records" }, records.map((record) => item(record, { signed: true })))),
  );
}

function openCard(content) {
  if (CARD.hidden) cameFrom = document.activeElement;
  CARD.replaceChildren(content);
  CARD.hidden = false;
  CARD.scrollTop = 0;
  coverRest();
  MAP.invalidateSize({ animate: false });
  document.getElementById("_close").addEventListener("click", leaveCard);
  document.getElementById("_card_title").focus();
}

// On a phone the card covers the page, and what it covers cannot be reached.
function coverRest() {
  const covered = !CARD.hidden && narrow.matches;
  for (const id of ["_skips", "_masthead", "_column", "_map"])
    document.getElementById(id).inert = covered;
}

function leaveCard() {
  several = false;
  const id = location.hash.slice(1);
  if (id) history.pushState(null, "", location.pathname + location.search);
  closeCard();
  const entry = id && RECORDS.querySelector(`a[href="#${CSS.escape(id)}"]`);
  const back = cameFrom?.isConnected && cameFrom !== document.body ? cameFrom : entry;
  (back || LIST).focus();
}

function closeCard() {
  if (CARD.hidden) return;
  CARD.hidden = true;
  CARD.replaceChildren();
  coverRest();
  MAP.invalidateSize({ animate: false });
  markCurrent();
  lookAt(null);
}

// Start

let waiting = 0;
function soon() {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => {
    shown = MOST;
    showFound();
    if (found.length) fitAll();
  });
}

function start() {
  offerChoices();
  showTexts();
  showFound();
  if (!CARD.hidden && BY_ID.has(location.hash.slice(1))) openHash();
}

FORM.addEventListener("input", soon);
FORM.addEventListener("submit", (event) => event.preventDefault());
FORM.addEventListener("reset", () => {
  setTimeout(() => {
    soon();
    WORDS.focus();
  });
});
addEventListener("hashchange", openHash);
addEventListener("popstate", openHash);
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !CARD.hidden) leaveCard();
});
addEventListener("beforeprint", () => showList(found, true));
addEventListener("afterprint", () => showList(found));
narrow.addEventListener("change", coverRest);

const wantedLanguage = new URLSearchParams(location.search).get("lang");
if (DATA.languages.includes(wantedLanguage)) language = wantedLanguage;
for (const { kind, colour } of DATA.kinds) document.documentElement.style.setProperty(`--${kind}`, colour);
startMap();
start();
fitAll();
openHash();
document.documentElement.classList.add("ready");
