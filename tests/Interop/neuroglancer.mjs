// Opens a volume in Neuroglancer and compares what it draws, pixel for pixel, with the voxels that should be there.
// usage: node neuroglancer.mjs VOLUME.zarr PICTURES; VOLUME.zarr is 3D and uint8, axes z, y, x; beside it lies VOLUME.zarr.expected with one
// file of plain voxels a level (s0, s1, …). The folder PICTURES gets every view. Exits with 77 where there is no Chromium or node is too old.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

const size = 380;
// Which axis goes right and which goes down in Neuroglancer's panels; in its yz panel z goes left.
const panels = { xy: [["x", 1], ["y", 1]], xz: [["x", 1], ["z", 1]], yz: [["z", -1], ["y", 1]] };

function skip(reason) {
  console.log(reason);
  process.exit(77);
}

if (parseInt(process.versions.node) < 20) skip(`got node ${process.versions.node}, expected 20 or newer`);
const { browser, withViewer, decode } = await import("./viewer.mjs");
if (browser === undefined) skip("there is no Chromium on this machine");

const [volume, pictures] = process.argv.slice(2);
await mkdir(pictures, { recursive: true });
const multiscale = JSON.parse(await readFile(path.join(volume, "zarr.json"))).attributes.ome.multiscales[0];
const levels = await Promise.all(multiscale.datasets.map(async ({ path: name, coordinateTransformations }) => ({
  name,
  scale: coordinateTransformations[0].scale,
  shape: JSON.parse(await readFile(path.join(volume, name, "zarr.json"))).shape,
  voxels: await readFile(path.join(`${volume}.expected`, name)),
})));
const axes = ["z", "y", "x"];
const { scale: voxel, shape } = levels[0];
const pixel = Math.min(...voxel);
// A corner of voxels on every level.
const centre = shape.map((length) => Math.round(length / 2 ** levels.length) * 2 ** (levels.length - 1));

function equal(what, got, expected) {
  if (JSON.stringify(got) !== JSON.stringify(expected)) throw new Error(`${what}: got ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`);
}

/** The voxel in the middle of a pixel, and undefined outside the volume. A position's integers are the middles of voxels of s0. */
function expectedGrey(first, panel, zoom, position, column, row) {
  const at = [...position];
  for (const [[axis, sign], offset] of [[panels[panel][0], column], [panels[panel][1], row]]) {
    const i = axes.indexOf(axis);
    at[i] += (sign * (offset + 0.5 - size / 2) * zoom * pixel) / voxel[i];
  }
  // Coarser levels are drawn beneath; where a length is odd they reach further.
  for (const { shape, scale, voxels } of levels.slice(first)) {
    const index = at.map((x, i) => Math.floor(((x + 0.5) * voxel[i]) / scale[i]));
    if (index.every((x, i) => x >= 0 && x < shape[i])) return voxels[(index[0] * shape[1] + index[1]) * shape[2] + index[2]];
  }
  return undefined;
}

/** Compares every pixel; gives how many show voxels. */
function compare(pixels, n, panel, zoom, position) {
  equal("pixels", pixels.length, 4 * size * size);
  let [inside, wrong, first] = [0, 0, undefined];
  for (let i = 0; i < pixels.length; i += 4) {
    const [row, column] = [Math.floor(i / 4 / size), (i / 4) % size];
    const grey = expectedGrey(n, panel, zoom, position, column, row);
    const [red, other] = grey === undefined ? [255, 0] : [grey, grey];
    if (grey !== undefined) inside++;
    if (Math.abs(pixels[i] - red) <= 1 && Math.abs(pixels[i + 1] - other) <= 1 && Math.abs(pixels[i + 2] - other) <= 1) continue;
    wrong++;
    first ??= `the first at row ${row}, column ${column}: got ${[...pixels.subarray(i, i + 3)]}, expected ${[red, other, other]}`;
  }
  if (wrong > 0) throw new Error(`${levels[n].name} ${panel}: ${wrong} of ${size * size} pixels differ, ${first}`);
  return inside;
}

const layer = {
  opacity: 1,
  shader: "#uicontrol invlerp normalized\nvoid main() { emitGrayscale(normalized()); }",
  shaderControls: { normalized: { range: [0, 255] } },
};
await withViewer(volume, { width: size, height: size, layer }, async ({ page, show, fetched, errors }) => {
  for (const [n, level] of levels.entries()) {
    for (const panel of Object.keys(panels)) {
      const zoom = 2 ** n;
      // In the plane near the corner of a voxel, so that no pixel's middle lies on the border of two; across it a voxel's middle.
      const position = centre.map((x, i) => (panel.includes(axes[i]) ? x - 0.5 + 1 / 16 : x));
      const png = await show({
        displayDimensions: ["x", "y", "z"], layout: panel, position, crossSectionScale: zoom, crossSectionBackgroundColor: "#ff0000",
        showAxisLines: false, showScaleBar: false, showDefaultAnnotations: false,
      });
      await writeFile(path.join(pictures, `${level.name}-${panel}.png`), png);
      const pixels = await decode(page, png);
      console.log(`${level.name} ${panel}: ${compare(pixels, n, panel, zoom, position)} voxels equal`);
    }
  }

  const { names, units, nanometres, lengths, count } = await page.evaluate(() => {
    const { names, units, scales, bounds: { lowerBounds, upperBounds } } = globalThis.viewer.coordinateSpace.value;
    const { volume } = globalThis.viewer.layerManager.managedLayers[0].layer.dataSources[0].loadState.dataSource.subsources[0].subsource;
    return {
      names, units,
      nanometres: Array.from(scales, (metres) => Number((metres * 1e9).toFixed(6))),
      lengths: Array.from(upperBounds, (upper, i) => upper - lowerBounds[i]),
      count: volume.multiscale.scales.length,
    };
  });
  equal("units", units, ["m", "m", "m"]);
  equal("levels that were fetched", levels.filter(({ name }) => [...fetched].some((key) => key.startsWith(`${name}/c/`))).length, count);
  equal("errors in the browser", errors, []);
  console.log(`axes ${names.join(" ")}, ${lengths.join("x")} voxels of ${nanometres.join("x")} nm, ${count} levels`);
});
