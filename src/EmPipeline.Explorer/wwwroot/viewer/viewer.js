// What all planes share: the place, the zoom, what is shown; and who is told when it changes.
import { link, replace } from "../route.js";
import { extent, indexOf, placeOf, planes } from "./geometry.js";
import { Plane } from "./plane.js";
import { Tiles } from "./tiles.js";

export class Viewer extends EventTarget {
  /** @param values what the address says */
  constructor(volume, values, selected) {
    super();
    Object.assign(this, { volume, selected });
    this.finest = volume.layers[0].levels[0];
    this.known = this.finest.size.every((size) => size !== null);
    const at = (letter, axis) => {
      const index = Math.round(numberOf(values, letter) ?? Math.floor(this.finest.shape[axis] / 2));
      return placeOf(this.finest, axis, Math.min(Math.max(index, 0), this.finest.shape[axis] - 1));
    };
    this.placed = [..."zyx"].some((letter) => values.has(letter));
    this.state = {
      place: [at("z", 0), at("y", 1), at("x", 2)],
      zoom: numberOf(values, "zoom"),
      low: numberOf(values, "low") ?? volume.window.low,
      high: numberOf(values, "high") ?? volume.window.high,
      labels: new Set(values.has("labels") ? values.get("labels").split(",").filter(Boolean) : volume.layers.filter((layer) => layer.kind !== "image").map((layer) => layer.name)),
      opacity: numberOf(values, "opacity") ?? 0.35,
      layout: values.get("layout") in { ...planes, all: 1 } ? values.get("layout") : "all",
      cross: values.get("cross") !== "0",
      blocks: values.get("blocks") !== "0",
      inverted: values.get("inverted") === "1",
    };
    this.tiles = new Tiles(() => this.draw());
    this.planes = Object.fromEntries(Object.keys(planes).map((name) => [name, new Plane(name, this)]));
    this.active = this.planes.xy;
  }

  /** For the address: what differs from how a volume opens. */
  values() {
    const { place, zoom, low, high, labels, opacity, layout, cross, blocks, inverted } = this.state;
    const [z, y, x] = [0, 1, 2].map((axis) => indexOf(this.finest, axis, place[axis]));
    const all = this.volume.layers.filter((layer) => layer.kind !== "image").map((layer) => layer.name);
    const { window } = this.volume;
    return {
      z, y, x, zoom: Number(zoom?.toPrecision(5)),
      low: low === window.low ? undefined : low, high: high === window.high ? undefined : high,
      labels: all.every((name) => labels.has(name)) ? undefined : [...labels].join(",") || ",",
      opacity: opacity === 0.35 ? undefined : opacity, layout: layout === "all" ? undefined : layout, cross: cross ? undefined : 0, blocks: blocks ? undefined : 0,
      inverted: inverted ? 1 : undefined,
    };
  }

  /** Brings the address up to date, which follows a moment after a change, and returns it. */
  saveAddress() {
    replace(link("view", this.volume.dataset, this.values()));
    return location.href;
  }

  address(layer, level, axis, index, row, column) {
    const { volume, state } = this;
    const name = layer.name.split("/").map(encodeURIComponent).join("/");
    const [low, high] = state.inverted ? [state.high, state.low] : [state.low, state.high];
    const contrast = layer.kind === "image" ? `low=${low}&high=${high}&` : "";
    return `/tile/${encodeURIComponent(volume.dataset)}/${name}/${level.level}/${"zyx"[axis]}/${index}/${row}_${column}?${contrast}v=${volume.version}`;
  }

  /** All of the image in the plane that one looks at; the place stays where the address said one. */
  fit(plane = this.planes.xy, stay = false) {
    const { clientWidth, clientHeight } = plane.element;
    const wide = (axis) => extent(this.finest, axis)[1] - extent(this.finest, axis)[0];
    this.state.zoom = Math.max(wide(plane.right) / Math.max(clientWidth - 24, 50), wide(plane.down) / Math.max(clientHeight - 24, 50));
    if (!stay) for (const axis of [plane.right, plane.down]) this.state.place[axis] = placeOf(this.finest, axis, (this.finest.shape[axis] - 1) / 2);
    this.changed();
  }

  move(place) {
    this.state.place = place.map((value, axis) => {
      const [from, to] = extent(this.finest, axis);
      return Math.min(Math.max(value, from), to - this.finest.scale[axis] * 1e-6);
    });
    this.changed();
  }

  /** To the middle of a voxel of level 0. */
  go(voxel) {
    this.move(voxel.map((index, axis) => (index === undefined ? this.state.place[axis] : placeOf(this.finest, axis, Math.min(Math.max(index, 0), this.finest.shape[axis] - 1)))));
  }

  step(axis, sections) {
    const voxel = [undefined, undefined, undefined];
    voxel[axis] = indexOf(this.finest, axis, this.state.place[axis]) + sections;
    this.go(voxel);
  }

  zoomAt(factor, plane, place) {
    const { state } = this;
    const smallest = Math.min(...this.finest.scale) / 64;
    const largest = Math.max(...[0, 1, 2].map((axis) => extent(this.finest, axis)[1] - extent(this.finest, axis)[0])) / 40;
    const zoom = Math.min(Math.max(state.zoom * factor, smallest), largest);
    const kept = zoom / state.zoom;
    const moved = [...state.place];
    // What is under the pointer stays there.
    if (place) for (const axis of [plane.right, plane.down]) moved[axis] = place[axis] + (state.place[axis] - place[axis]) * kept;
    state.zoom = zoom;
    this.move(moved);
  }

  set(values) {
    Object.assign(this.state, values);
    this.changed();
  }

  activate(plane) {
    if (this.active === plane) return;
    this.active = plane;
    this.dispatchEvent(new Event("active"));
    this.draw();
  }

  /** The pointer is over a place; undefined: over none. */
  point(place) {
    this.dispatchEvent(new CustomEvent("point", { detail: place }));
  }

  changed() {
    this.dispatchEvent(new Event("change"));
    this.draw();
  }

  /** With the next frame. */
  draw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.tiles.begin();
      for (const plane of Object.values(this.planes)) plane.draw();
      this.tiles.end();
      this.dispatchEvent(new Event("drawn"));
    });
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.frame = -1;
    this.tiles.close();
  }
}

function numberOf(values, name) {
  const text = values.get(name);
  const value = text === null || text === "" ? NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
