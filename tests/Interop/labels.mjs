// Opens an image with its labels in Neuroglancer, as a state file says, and compares what it knows and what it draws with the voxels that should be there.
// usage: node labels.mjs VOLUME.zarr STATE.json PICTURES; the state's sources are addresses that end in VOLUME.zarr/, VOLUME.zarr/labels/ORIGIN/NAME/ and so on.
// Beside VOLUME.zarr lies VOLUME.zarr.expected with the plain voxels of level 0 of each, s0, labels/ORIGIN/NAME/s0, … The folder PICTURES gets every view.
// Exits with 77 where there is no Chromium or node is too old.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

const size = 160;
const axes = ["z", "y", "x"];
// Which axis goes right and which goes down in Neuroglancer's panels; in its yz panel z goes left.
const panels = { xy: [["x", 1], ["y", 1]], xz: [["x", 1], ["z", 1]], yz: [["z", -1], ["y", 1]] };
const arrays = { uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, uint64: BigUint64Array };

function skip(reason) {
  console.log(reason);
  process.exit(77);
}

if (parseInt(process.versions.node) < 20) skip(`got node ${process.versions.node}, expected 20 or newer`);
const { browser, withViewer, decode, stateOf } = await import("./viewer.mjs");
if (browser === undefined) skip("there is no Chromium on this machine");

const [volume, stateFile, pictures] = process.argv.slice(2);
await mkdir(pictures, { recursive: true });
const state = stateOf(await readFile(stateFile, "utf8"), path.basename(volume));

/** Level 0 of each layer: where it lies and what it holds. */
const layers = await Promise.all(state("").layers.map(async ({ name, type, source }) => {
  const folder = /^data\/(.*?)\|zarr3:$/.exec(source)[1];
  const [dataset] = JSON.parse(await readFile(path.join(volume, folder, "zarr.json"))).attributes.ome.multiscales[0].datasets;
  const { shape, data_type: type3 } = JSON.parse(await readFile(path.join(volume, folder, dataset.path, "zarr.json")));
  const bytes = await readFile(path.join(`${volume}.expected`, folder, dataset.path));
  const [scale, translation] = dataset.coordinateTransformations.map((transformation) => transformation[transformation.type]);
  return { name, isLabel: type === "segmentation", shape, scale, translation, voxels: new arrays[type3](bytes.buffer, bytes.byteOffset, bytes.byteLength / arrays[type3].BYTES_PER_ELEMENT) };
}));
const image = layers.find(({ isLabel }) => !isLabel);

/** The value of a layer at a position, in voxels of the image whose middles are integers; undefined outside. */
function valueAt({ shape, scale, translation, voxels }, position) {
  const index = position.map((x, i) => Math.floor((x * image.scale[i] - translation[i]) / scale[i] + 0.5));
  return index.every((x, i) => x >= 0 && x < shape[i]) ? voxels[(index[0] * shape[1] + index[1]) * shape[2] + index[2]] : undefined;
}

/** Every voxel of the image in the plane through `centre`. */
function* plane(panel, centre) {
  const [[right], [down]] = panels[panel];
  const at = [...centre];
  for (let j = 0; j < image.shape[axes.indexOf(down)]; j++) {
    for (let i = 0; i < image.shape[axes.indexOf(right)]; i++) {
      [at[axes.indexOf(right)], at[axes.indexOf(down)]] = [i, j];
      yield [...at];
    }
  }
}

/** Compares what Neuroglancer says of voxels; gives how many. */
async function compareValues(page, panel, centre) {
  const positions = [...plane(panel, centre)];
  let count = 0;
  for (const layer of layers) {
    const got = await page.evaluate(({ name, positions }) => {
      const layer = globalThis.viewer.layerManager.getLayerByName(name).layer;
      const none = { pickedRenderLayer: null };
      return positions.map((position) => String(layer.getValueAt(Float32Array.from(position), none) ?? "nothing"));
    }, { name: layer.name, positions });
    for (const [i, position] of positions.entries()) {
      const value = valueAt(layer, position);
      const expected = String(value ?? "nothing");
      // Beyond a volume's end its last chunks hold fill.
      if (got[i] !== expected && (value !== undefined || got[i] !== "0")) throw new Error(`${layer.name} at ${position} (${panel}): got ${got[i]}, expected ${expected}`);
      count++;
    }
  }
  return count;
}

/** Compares every pixel: grey where no label has an object, coloured where one has; gives how many are coloured. */
function comparePixels(pixels, panel, position) {
  let coloured = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    const [row, column] = [Math.floor(i / 4 / size), (i / 4) % size];
    const at = [...position];
    for (const [[axis, sign], offset] of [[panels[panel][0], column], [panels[panel][1], row]]) {
      const a = axes.indexOf(axis);
      at[a] += (sign * (offset + 0.5 - size / 2) * Math.min(...image.scale)) / image.scale[a];
    }
    const grey = valueAt(image, at);
    if (grey === undefined) continue;
    const isLabelled = layers.some((layer) => layer.isLabel && Number(valueAt(layer, at) ?? 0) !== 0);
    const [red, green, blue] = pixels.subarray(i, i + 3);
    const isGrey = [red, green, blue].every((value) => Math.abs(value - grey) <= 1);
    if (isGrey === isLabelled) throw new Error(`${panel}, row ${row}, column ${column}: got ${[red, green, blue]}, expected ${isLabelled ? "the colour of an object" : grey}`);
    if (isLabelled) coloured++;
  }
  return coloured;
}

await withViewer(volume, { width: size, height: size, state }, async ({ page, show, errors }) => {
  const centre = image.shape.map((length) => Math.floor(length / 2));
  for (const panel of Object.keys(panels)) {
    // In the plane near the corner of a voxel, so that no pixel's middle lies on the border of two; across it a voxel's middle.
    const position = centre.map((x, i) => (panel.includes(axes[i]) ? x - 0.5 + 1 / 16 : x));
    const png = await show({
      displayDimensions: ["x", "y", "z"], layout: panel, position, crossSectionScale: 1,
      showAxisLines: false, showScaleBar: false, showDefaultAnnotations: false,
    });
    await writeFile(path.join(pictures, `labels-${panel}.png`), png);
    console.log(`${panel}: ${await compareValues(page, panel, centre)} values equal, ${comparePixels(await decode(page, png), panel, position)} pixels coloured`);
  }
  if (errors.length > 0) throw new Error(errors.join("\n"));
});
