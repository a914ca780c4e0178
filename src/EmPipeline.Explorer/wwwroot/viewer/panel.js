// The panel beside the planes: place, contrast, labels, blocks, and ways out of here.
import { copyButton, h, number, sizeText } from "../dom.js";
import { link } from "../route.js";
import { indexOf, letters, length } from "./geometry.js";

export function panel(viewer, showHelp) {
  const { volume, finest } = viewer;
  const parts = [header(volume, finest), placeBox(viewer), contrastBox(viewer), labelsBox(viewer), blocksBox(viewer), waysOut(viewer, showHelp)];
  return h("aside", { class: "panel", "aria-label": "Controls" }, parts.filter(Boolean));
}

const header = (volume, finest) => h("header", {}, h("h1", {}, volume.dataset),
  h("p", { class: "soft" }, finest.shape.map((edge) => number(edge)).join(" × "), " ", finest.type, h("br"), sizeText(finest.size)),
  volume.sizeOrigin && h("p", { class: "soft small", title: "where the voxel size is stated" }, volume.sizeOrigin));

function placeBox(viewer) {
  const { finest, known } = viewer;
  const inputs = letters.map((letter, axis) => h("input", { type: "number", min: 0, max: finest.shape[axis] - 1, step: 1, "aria-label": `${letter} in voxels`, onchange: (event) => {
    const voxel = [undefined, undefined, undefined];
    voxel[axis] = Math.round(Number(event.target.value)) || 0;
    viewer.go(voxel);
  } }));
  const nanometres = letters.map(() => h("span", { class: "soft" }));
  const zoom = h("span", { class: "soft" });
  const paint = () => {
    letters.forEach((_, axis) => {
      const index = indexOf(finest, axis, viewer.state.place[axis]);
      if (document.activeElement !== inputs[axis]) inputs[axis].value = index;
      nanometres[axis].textContent = known ? length(index * finest.scale[axis]) : "";
    });
    zoom.textContent = viewer.state.zoom ? (known ? `${number(viewer.state.zoom, 3)} nm a pixel` : `${number(viewer.state.zoom, 3)} voxels a pixel`) : "";
  };
  viewer.addEventListener("change", paint);
  return h("section", {}, h("h2", {}, "Place"),
    letters.map((letter, axis) => h("label", { class: `row axis-${letter}` }, h("b", {}, letter), inputs[axis], nanometres[axis])),
    h("p", { class: "row" }, h("span", { class: "buttons" },
      h("button", { type: "button", "aria-label": "zoom in", onclick: () => viewer.zoomAt(1 / 1.5) }, "+"), h("button", { type: "button", "aria-label": "zoom out", onclick: () => viewer.zoomAt(1.5) }, "−"),
      h("button", { type: "button", onclick: () => viewer.fit(viewer.active) }, "fit")), zoom),
    h("div", { class: "buttons layouts", role: "group", "aria-label": "Layout" }, ["all", "xy", "xz", "zy"].map((name) => layoutButton(viewer, name))),
    toggle(viewer, "cross", "cross hairs"));
}

function layoutButton(viewer, name) {
  const button = h("button", { type: "button", onclick: () => viewer.set({ layout: name }) }, name);
  viewer.addEventListener("change", () => button.setAttribute("aria-pressed", viewer.state.layout === name));
  return button;
}

function contrastBox(viewer) {
  const { window } = viewer.volume;
  const span = Math.max(window.high - window.low, 1e-6);
  // The slider shows what matters of a wide type: around the window.
  const [from, to] = [Math.max(window.min, window.low - 2 * span), Math.min(window.max, window.high + 2 * span)];
  const step = Number.isInteger(window.low) && to - from > 20 ? 1 : (to - from) / 500;
  const make = (name) => {
    const apply = (value) => Number.isFinite(value) && viewer.set({ [name]: value });
    const range = h("input", { type: "range", min: from, max: to, step, "aria-label": name === "low" ? "black at" : "white at", oninput: () => later(() => apply(Number(range.value))) });
    const box = h("input", { type: "number", step: "any", "aria-label": name === "low" ? "black at, grey value" : "white at, grey value", onchange: () => apply(Number(box.value)) });
    const paint = () => {
      range.value = viewer.state[name];
      if (document.activeElement !== box) box.value = Number(viewer.state[name].toPrecision(6));
    };
    viewer.addEventListener("change", paint);
    return h("label", { class: "row" }, h("b", {}, name === "low" ? "black" : "white"), range, box);
  };
  let timer;
  const later = (action) => {
    clearTimeout(timer);
    timer = setTimeout(action, 40);
  };
  return h("section", {}, h("h2", {}, "Contrast", h("span", { class: "buttons" },
    h("button", { type: "button", title: "the 1st to the 99th percentile", onclick: () => viewer.set({ low: window.low, high: window.high }) }, "auto"),
    h("button", { type: "button", title: "all that the type holds", onclick: () => viewer.set({ low: window.min, high: window.max }) }, "full"),
    h("button", { type: "button", title: "black is white", onclick: () => viewer.set({ inverted: !viewer.state.inverted }) }, "invert"))), make("low"), make("high"));
}

function labelsBox(viewer) {
  const labels = viewer.volume.layers.filter((layer) => layer.kind !== "image");
  if (labels.length === 0) return undefined;
  const opacity = h("input", { type: "range", min: 0, max: 1, step: 0.05, value: viewer.state.opacity, "aria-label": "opacity of labels", oninput: () => viewer.set({ opacity: Number(opacity.value) }) });
  return h("section", {}, h("h2", {}, "Labels"), labels.map((layer) => {
    const box = h("input", { type: "checkbox", onchange: () => {
      const shown = new Set(viewer.state.labels);
      if (box.checked) shown.add(layer.name);
      else shown.delete(layer.name);
      viewer.set({ labels: shown });
    } });
    viewer.addEventListener("change", () => { box.checked = viewer.state.labels.has(layer.name); });
    const classes = layer.classes.filter((meaning) => meaning.value !== null && meaning.name).map((meaning) => `${meaning.value} ${meaning.name}`);
    return h("label", { class: "row label" }, box, h("span", {}, layer.name.replace("groundtruth/", ""), h("small", {}, `${layer.kind}${classes.length > 0 ? `: ${classes.join(", ")}` : ""}`)));
  }), h("label", { class: "row" }, h("b", {}, "opacity"), opacity));
}

function blocksBox(viewer) {
  if (viewer.selected.length === 0) return undefined;
  return h("section", {}, h("h2", {}, "Blocks"), toggle(viewer, "blocks", `the ${number(viewer.selected.length)} blocks of the last query`), h("p", {}, h("a", { href: "#/sql" }, "the query")));
}

function toggle(viewer, name, text) {
  const box = h("input", { type: "checkbox", onchange: () => viewer.set({ [name]: box.checked }) });
  viewer.addEventListener("change", () => { box.checked = viewer.state[name]; });
  return h("label", { class: "row check" }, box, text);
}

function waysOut(viewer, showHelp) {
  const { volume } = viewer;
  const other = h("a", { class: "button", target: "_blank", rel: "noreferrer noopener", title: "image and labels, read from this server: it opens a page of the internet" }, "Open in Neuroglancer");
  const paint = () => {
    const position = [0, 1, 2].map((axis) => indexOf(viewer.finest, axis, viewer.state.place[axis]));
    other.href = `${volume.neuroglancer}#!${encodeURIComponent(JSON.stringify({ ...volume.state, position }))}`;
  };
  viewer.addEventListener("change", paint);
  return h("section", { class: "ways" }, h("div", { class: "buttons" }, copyButton("copy link", () => viewer.saveAddress()), other,
    h("button", { type: "button", onclick: showHelp, "aria-label": "keys and mouse" }, "?")),
  h("p", { class: "small" }, h("a", { href: link("metadata", volume.dataset) }, "metadata"), " · ", h("a", { href: `${volume.layers[0].store}/zarr.json`, target: "_blank" }, "OME-Zarr at ", h("code", {}, volume.layers[0].store))));
}
