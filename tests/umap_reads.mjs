// Tell as JSON what uMap itself makes of files; run by node, never by pytest.
// node umap_reads.mjs PROGRAMS FILE... : uMap's own scripts and jsdom are in PROGRAMS.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'

const [programs, ...files] = process.argv.slice(2).map((path) => resolve(path))
const STATIC = join(programs, 'umap', 'umap', 'static', 'umap')
const { JSDOM } = createRequire(join(programs, 'x'))('jsdom')
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const module_ = (path) => import(pathToFileURL(join(STATIC, path)))
const script = (path) =>
  vm.runInThisContext(readFileSync(join(STATIC, path), 'utf8'), { filename: path })

// The browser, as far as uMap needs it.
const { window } = new JSDOM('<!doctype html><body><div id="map"></div>', {
  url: 'https://umap.example.org/it/map/',
  pretendToBeVisual: true,
})
globalThis.JSDOM = JSDOM
const OF_BROWSER = ['document', 'location', 'history', 'navigator', 'Event', 'EventTarget']
OF_BROWSER.push('CustomEvent', 'Blob', 'File', 'FileReader', 'FormData', 'DOMParser')
OF_BROWSER.push('AbortController', 'AbortSignal')
for (const name of Object.getOwnPropertyNames(window)) {
  if (name in globalThis && !OF_BROWSER.includes(name)) continue
  const value = window[name]
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}
for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent'])
  globalThis[name] = window[name].bind(window)
globalThis.window = globalThis
for (const name of ['warn', 'debug', 'error', 'trace']) console[name] = () => {}

const alerts = []
document.addEventListener('umap:alert', (event) => alerts.push(event.detail.message))

// As templates/umap/js.html loads them.
await module_('vendors/leaflet/leaflet-src.esm.js')
await module_('js/modules/leaflet-configure.js')
for (const path of ['heat/leaflet-heat', 'editable/Path.Drag', 'editable/Leaflet.Editable'])
  script(`vendors/${path}.js`)
await module_('js/modules/global.js')
for (const path of [
  'vendors/minimap/Control.MiniMap.min.js',
  'vendors/csv2geojson/csv2geojson.js',
  'vendors/osmtogeojson/osmtogeojson.js',
  'vendors/fullscreen/Leaflet.fullscreen.min.js',
  'vendors/measurable/Leaflet.Measurable.js',
  'vendors/iconlayers/iconLayers.js',
  'vendors/textpath/leaflet.textpath.js',
  'vendors/simple-statistics/simple-statistics.min.js',
  'js/umap.controls.js',
])
  script(path)
for (const name of ['fragment', 'modal', 'copiable'])
  await module_(`js/components/${name}.js`)
const { default: Umap } = await module_('js/modules/umap.js')
const { Fields } = await module_('js/modules/form/fields.js')
const { SCHEMA } = await module_('js/modules/schema.js')

// What a server tells of itself; its proxy is the one that the test runs.
const proxy = `${process.env.PROXY ?? 'http://127.0.0.1:1'}/?url={url}&ttl={ttl}`
const urls = new Proxy(
  { ajax_proxy: proxy },
  { get: (own, name) => own[name] ?? `/${String(name)}/`, has: () => true }
)
const tiles = { name: 'x', url_template: 'x/{z}/{x}/{y}', attribution: '', maxZoom: 18 }
const server = () => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [9.1, 45.1] },
  properties: {
    ...{ urls, tilelayers: [tiles], editMode: 'advanced', licences: {}, permissions: {} },
    ...{ defaultLabelKeys: ['name', 'title'], user: {}, edit_statuses: [], share_statuses: [] },
    ...{ datalayer_edit_statuses: [], lang: 'it', importers: {}, help_links: {}, zoom: 12 },
    ...{ schema: { iconUrl: { default: '/marker.svg' } }, datalayers: [], hash: false },
  },
})

async function shown(feature) {
  await feature.attachPopup()
  const popup = feature.ui.getPopup().getContent()
  return {
    name: feature.getDisplayName(),
    point: feature.geometry.coordinates,
    properties: feature.properties,
    slug: feature.getSlug(),
    popup: popup.innerHTML,
    text: popup.querySelector('.umap-popup-container')?.textContent ?? '',
    looks: ['color', 'iconClass', 'iconUrl', 'iconOpacity'].map((key) => feature.getOption(key)),
  }
}

// What is left on the map by each choice of each facet.
function facets(map, features) {
  const left = () =>
    features.filter((f) => !f.isFiltered()).map((f) => f.properties.record).sort()
  const told = {}
  for (const [key, { initialData, label }] of map.filters.buildFormFields()) {
    const name = key.replace('userData.', '')
    told[name] = { label, choices: {} }
    for (const choice of initialData.choices ?? []) {
      map.filters.userData = { [name]: { selected: [choice] } }
      told[name].choices[choice] = left()
    }
    map.filters.userData = {}
  }
  return told
}

async function opened(path) {
  document.body.innerHTML = '<div id="map" style="width:800px;height:600px"></div>'
  alerts.length = 0
  U.MAP = new Umap('map', server())
  await pause(50)
  const raw = readFileSync(path, 'utf8').replace(/^\ufeff/, '')
  const type = U.Utils.detectFileType({ name: basename(path) })
  if (type === 'umap') U.MAP.importRaw(raw)
  else {
    const layer = U.MAP.createDataLayer({ properties: { name: basename(path) } })
    // Of a CSV without points uMap never comes back.
    await Promise.race([layer.importRaw(raw, type), pause(5000)])
  }
  for (let tries = 0; tries < 200; tries++) {
    await pause(50)
    if (U.MAP.layers.tree.every((layer) => layer.isLoaded())) break
  }
  const layers = {}
  const all = []
  for (const layer of U.MAP.layers.tree) {
    const features = layer.features.all()
    all.push(...features)
    layers[layer.getName()] = {
      properties: layer.properties,
      fields: Object.fromEntries([...layer.inheritedFields].map(([key, f]) => [key, f.TYPE])),
      features: await Promise.all(features.map(shown)),
    }
  }
  U.MAP.caption.open()
  await pause(50)
  return {
    type,
    layers,
    alerts: [...alerts],
    facets: facets(U.MAP, all),
    properties: Object.fromEntries(Object.keys(SCHEMA).map((k) => [k, U.MAP.properties[k]])),
    caption: document.querySelector('.umap-caption')?.innerHTML ?? '',
    legend: [...document.querySelectorAll('.rules-caption li')].map((li) => li.textContent),
  }
}

const typeName = (type) => (typeof type === 'string' ? type : (type?.name ?? ''))
const told = {
  schema: Object.fromEntries(Object.entries(SCHEMA).map(([k, { type }]) => [k, typeName(type)])),
  files: {},
}
for (const path of files) told.files[basename(path)] = await opened(path)
process.stdout.write(JSON.stringify(told), () => process.exit(0))
