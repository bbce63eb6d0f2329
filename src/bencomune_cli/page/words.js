// The data of the page, what it says in the language chosen, and elements made of texts.
// Nothing is ever made of HTML: what a record holds is text, whatever it looks like.

const DATA = JSON.parse(document.getElementById("_data").textContent);
const NETWORK = DATA.network;
const own = NETWORK.languages ? NETWORK.languages.split(", ")[0] : DATA.language; // of free texts

let language = DATA.language;

function chosen(pair) {
  return pair[DATA.languages.indexOf(language)];
}

function say(code, values = {}) {
  return chosen(DATA.words[code]).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// How numbers and dates are written: as in Italy, or in Britain.
function locale() {
  return language === "en" ? "en-GB" : language;
}

function number(value) {
  return new Intl.NumberFormat(locale()).format(value);
}

// The labels of a code, those of the other side behind them; none of a code that is not a term.
function labels(vocabulary, code) {
  const terms = DATA.terms[vocabulary] || {};
  return Object.hasOwn(terms, code) ? terms[code] : [];
}

function term(vocabulary, code, inverse = false) {
  return chosen(labels(vocabulary, code).slice(inverse ? 2 : 0)) || code;
}

// A date as far as it is known, 2019, 2019-09 or 2019-09-28; a moment by its day.
function date(text) {
  const [year, month, day] = text.slice(0, 10).split("-").map(Number);
  const moment = new Date(Date.UTC(year, (month || 1) - 1, day || 1));
  if (Number.isNaN(moment.getTime())) return text;
  const shown = { timeZone: "UTC", year: "numeric" };
  if (month) shown.month = "long";
  if (day) shown.day = "numeric";
  return new Intl.DateTimeFormat(locale(), shown).format(moment);
}

// An element with attributes and children; texts become text, what is missing is left out.
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  const missing = [null, undefined, false, ""];
  made.append(...children.flat(2).filter((child) => !missing.includes(child)));
  return made;
}

// Free text of a record or of the network, in the language of the network.
function free(name, text, attributes = {}) {
  return element(name, { ...attributes, lang: own === language ? null : own, dir: "auto" }, text);
}

// A link to a web address; what is none, as another program may have written it, stays a text.
function link(address, text = address) {
  let parsed;
  try {
    parsed = new URL(address);
  } catch {
    return text;
  }
  if (!["http:", "https:"].includes(parsed.protocol)) return text;
  return element("a", { href: parsed.href, rel: "noopener external" }, text);
}

const SIGNS = {
  lab: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z",
  group: "M8 0.5 15.5 8 8 15.5 0.5 8Z",
  organisation: "M2 2h12v12H2Z",
};

// The sign of a kind, which the list, the card, the legend and the map share.
function sign(kind, rough = false) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  made.setAttribute("viewBox", "0 0 16 16");
  made.setAttribute("class", `sign sign-${kind}${rough ? " rough" : ""}`);
  made.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SIGNS[kind] || SIGNS.lab);
  made.append(path);
  return made;
}
