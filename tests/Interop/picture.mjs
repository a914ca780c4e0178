// Draws a volume in Neuroglancer's four panels. usage: node picture.mjs VOLUME.zarr PICTURE.jpg (or .png) [STATE.json]
// A state, such as the one that Predict leaves in VOLUME.zarr/predictions, says which layers are shown, how, and where.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { stateOf, withViewer } from "./viewer.mjs";

const [volume, picture, state] = process.argv.slice(2);
const layers = state ? { state: stateOf(await readFile(state, "utf8"), path.basename(volume)) } : { layer: { opacity: 1 } };
await withViewer(volume, { width: 1000, height: 640, ...layers }, ({ show }) =>
  show({ displayDimensions: ["x", "y", "z"], layout: "4panel" }, { path: picture, quality: picture.endsWith(".jpg") ? 85 : undefined }));
