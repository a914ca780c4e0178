// The viewer's page: planes, map, strip, panel and status line around one Viewer.
import { get } from "../api.js";
import { h } from "../dom.js";
import { parse } from "../route.js";
import { selection } from "../selection.js";
import { keys } from "./keys.js";
import { blockMap } from "./map.js";
import { panel } from "./panel.js";
import { status } from "./status.js";
import { strip } from "./strip.js";
import { Viewer } from "./viewer.js";

export async function viewPage({ name, values }) {
  const volume = await get(`/api/volume/${encodeURIComponent(name)}`);
  const viewer = new Viewer(volume, values, selection().blocks.get(name) ?? []);
  const [map, sections] = [blockMap(viewer), strip(viewer)];
  const { dialog, showHelp, end } = keys(viewer, sections);
  const grid = h("div", { class: "planes" }, Object.values(viewer.planes).map((plane) => plane.element), map.element);
  const element = h("div", { class: "viewer" }, h("div", { class: "stage" }, grid, sections.element, status(viewer)), panel(viewer, showHelp), dialog);

  let timer;
  viewer.addEventListener("change", () => {
    if (grid.dataset.layout !== viewer.state.layout) {
      grid.dataset.layout = viewer.state.layout;
      viewer.draw();
    }
    clearTimeout(timer);
    timer = setTimeout(() => viewer.saveAddress(), 150);
  });
  viewer.addEventListener("drawn", () => { element.dataset.busy = viewer.tiles.busy; });
  viewer.addEventListener("active", () => Object.values(viewer.planes).forEach((plane) => plane.element.classList.toggle("active", plane === viewer.active)));

  const sized = new ResizeObserver(() => {
    if (!element.isConnected || viewer.planes.xy.element.clientWidth === 0 && viewer.state.layout === "all") return;
    if (viewer.state.zoom === undefined) viewer.fit(viewer.planes.xy, viewer.placed);
    else viewer.changed();
    map.draw();
    sections.draw();
  });
  sized.observe(grid);
  // The address was changed by hand, or by a link of this very volume.
  const moved = () => {
    const { page, name: now, values } = parse();
    if (page !== "view" || now !== name || ![..."zyx"].some((letter) => values.has(letter))) return;
    viewer.go([..."zyx"].map((letter) => (values.has(letter) && Number.isFinite(Number(values.get(letter))) ? Number(values.get(letter)) : undefined)));
  };
  window.addEventListener("hashchange", moved);
  grid.dataset.layout = viewer.state.layout;
  sections.load();
  // For tests.
  globalThis.viewer = viewer;
  return {
    element,
    end: () => {
      clearTimeout(timer);
      window.removeEventListener("hashchange", moved);
      sized.disconnect();
      end();
      viewer.close();
    },
  };
}
