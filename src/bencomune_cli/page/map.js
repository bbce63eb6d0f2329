// The map: outlines of areas, a sign for each record, one with a number where several are close.
// Signs cannot be reached by the keyboard: the list offers the same, and is not in the way.

const CELL = 46; // pixels: records nearer than that share one sign
const CLOSEST = 18; // zoom from which records of one place are listed rather than parted
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const CANVAS = document.getElementById("_canvas");

const MAP = L.map(CANVAS, {
  attributionControl: false,
  zoomControl: false,
  zoomAnimation: !still,
  fadeAnimation: !still,
  markerZoomAnimation: !still,
  maxZoom: 19,
  minZoom: 3,
  zoomSnap: 0.5,
});
const [CLOSER, FARTHER] = L.control.zoom({ position: "topright" }).addTo(MAP).getContainer().children;
const SIGNS_ON_MAP = L.layerGroup().addTo(MAP);
const OUTLINES = new Map();
const narrow = matchMedia("(max-width: 56rem)"); // as the style has it
let onMap = []; // the records that are found

function startMap() {
  document.getElementById("_all").addEventListener("click", fitAll);
  const named = new Set([...IN_AREAS.values()].flatMap((ids) => [...ids]));
  const drawn = [...AREAS.values()].filter((area) => area.outline || (area.box && named.has(area.id)));
  drawn.sort((one, other) => (other.area_kind === "municipality") - (one.area_kind === "municipality"));
  for (const area of drawn) {
    const shape = area.outline
      ? L.polygon(area.outline.map((rings) => rings.map((ring) => ring.map(([lon, lat]) => [lat, lon]))))
      : L.rectangle([[area.box[1], area.box[0]], [area.box[3], area.box[2]]]);
    const kind = area.outline ? area.area_kind : "box";
    shape.setStyle({ className: `outline outline-${kind}`, interactive: false }).addTo(MAP);
    OUTLINES.set(area.id, shape);
  }
  MAP.on("zoomend moveend", drawSigns);
  MAP.getPane("mapPane").setAttribute("aria-hidden", "true");
  CANVAS.setAttribute("aria-labelledby", "_map_title");
  CANVAS.setAttribute("role", "group");
  if (NETWORK.tiles_url && location.protocol !== "file:") showTiles(true);
}

// Tiles: asked of the server that the network names, only while a person wants them.
let tiles = null;
function showTiles(wanted) {
  tiles ??= L.tileLayer(NETWORK.tiles_url, { maxZoom: 19, referrerPolicy: "strict-origin-when-cross-origin" });
  if (wanted) tiles.addTo(MAP);
  else tiles.remove();
  CANVAS.classList.toggle("with-tiles", wanted);
  showCredit();
}

function showCredit() {
  const text = NETWORK.tiles_credit || "";
  const address = text.match(/https?:\/\/\S+/)?.[0];
  const words = text.replace(address || "", "").trim();
  const told = tiles && MAP.hasLayer(tiles) ? [address ? link(address, words || address) : words] : [];
  document.getElementById("_credit").replaceChildren(...told);
}

function fitAll() {
  const points = onMap.map((record) => PLACES.get(record.id)?.at).filter(Boolean);
  const shapes = points.length ? [] : [...OUTLINES.values()].map((shape) => shape.getBounds());
  const bounds = L.latLngBounds([]);
  for (const each of [...points, ...shapes]) bounds.extend(each);
  if (bounds.isValid()) MAP.fitBounds(bounds, { padding: [48, 48], maxZoom: 15, animate: !still });
  else MAP.setView([42.5, 12.5], 5);
}

function showOnMap(found) {
  onMap = found;
  drawSigns();
}

function drawSigns() {
  if (!MAP._loaded) return;
  SIGNS_ON_MAP.clearLayers();
  const view = MAP.getBounds().pad(0.2);
  const cells = new Map();
  for (const record of onMap) {
    const there = PLACES.get(record.id);
    if (!there || !view.contains(there.at)) continue;
    const { x, y } = MAP.project(there.at);
    const key = there.area ? `area ${there.area.id}` : `${Math.floor(x / CELL)} ${Math.floor(y / CELL)}`;
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push(record);
  }
  drawNames();
  for (const records of cells.values()) drawCell(records);
}

// Names of areas that are wide enough for them; the tiles have names of their own.
function drawNames() {
  for (const [id, shape] of OUTLINES) {
    const { x, y } = MAP.project(shape.getBounds().getNorthEast()).subtract(
      MAP.project(shape.getBounds().getSouthWest()));
    if (x < 90 || -y < 60) continue;
    const icon = L.divIcon({ className: "area-name", html: element("span", {}, areaName(id)), iconSize: [0, 0] });
    L.marker(middle(AREAS.get(id)), { icon, interactive: false, keyboard: false }).addTo(SIGNS_ON_MAP);
  }
}

function drawCell(records) {
  const places = records.map((record) => PLACES.get(record.id));
  const { area } = places[0];
  const at = area ? places[0].at : mean(places.map((each) => each.at));
  const one = records.length === 1 && !area;
  const body = one ? sign(records[0].record_type, places[0].rough) : String(records.length);
  const current = records.some((record) => `#${record.id}` === location.hash);
  const size = one ? 22 : 30;
  const names = one ? "sign-one" : area ? "sign-area" : "sign-many";
  const icon = L.divIcon({
    className: `on-map ${names}${current ? " current" : ""}`,
    html: element("span", {}, body),
    iconSize: [size, size],
  });
  const title = one ? records[0].name : area ? `${area.name}: ${records.length}` : "";
  L.marker(at, { icon, title, keyboard: false, zIndexOffset: current ? 1000 : one ? 0 : 200 })
    .on("click", () => choose(records, area))
    .addTo(SIGNS_ON_MAP);
}

function mean(points) {
  const sum = points.reduce((one, other) => [one[0] + other[0], one[1] + other[1]]);
  return sum.map((each) => each / points.length);
}

// One record opens its card; several are parted by looking nearer, or listed where that ends.
function choose(records, area) {
  if (records.length === 1) {
    location.hash = records[0].id;
    return;
  }
  const bounds = L.latLngBounds(records.map((record) => PLACES.get(record.id).at));
  const parts = bounds.getSouthWest().distanceTo(bounds.getNorthEast()) > 3;
  if (area || !parts || MAP.getZoom() >= CLOSEST) openSeveral(records, area);
  else MAP.fitBounds(bounds, { padding: [70, 70], maxZoom: CLOSEST, animate: !still });
}

function lookAt(record) {
  for (const shape of OUTLINES.values()) shape.getElement()?.classList.remove("current");
  const there = record && PLACES.get(record.id);
  const shape = there?.area && OUTLINES.get(there.area.id);
  if (shape) shape.bringToFront().getElement().classList.add("current");
  if (there && !MAP.getBounds().pad(-0.2).contains(there.at)) MAP.panTo(there.at, { animate: !still });
  drawSigns();
}

function showLegend() {
  const signs = DATA.kinds.map(({ kind, plural }) => element("li", {}, sign(kind), chosen(plural)));
  const rough = element("li", {}, sign(DATA.kinds[0]?.kind, true), say("rough_sign"));
  const many = element("li", {}, element("span", { class: "on-map sign-many" }, "5"), say("cluster"));
  const areas = element("li", {}, element("span", { class: "on-map sign-area" }, "3"), say("area_sign"));
  const legend = element("ul", {}, signs, rough, many, areas);
  const box = element("input", { type: "checkbox", id: "_tiles", checked: !!tiles && MAP.hasLayer(tiles) });
  box.addEventListener("change", () => showTiles(box.checked));
  const server = NETWORK.tiles_url && new URL(NETWORK.tiles_url.replace("{s}.", "")).hostname;
  const toggle = element("label", { class: "toggle" }, box, say("background"), " ",
    element("span", { class: "many" }, say("background_from", { server })));
  for (const [button, code] of [[CLOSER, "zoom_in"], [FARTHER, "zoom_out"]]) {
    button.title = say(code);
    button.setAttribute("aria-label", say(code));
  }
  const place = document.getElementById("_legend");
  const open = place.firstChild ? place.firstChild.open : !narrow.matches;
  const title = element("summary", {}, say("legend"));
  place.replaceChildren(element("details", { open }, title, legend, server ? toggle : null));
}
