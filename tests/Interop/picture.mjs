// Draws a volume in Neuroglancer's four panels. usage: node picture.mjs VOLUME.zarr PICTURE.jpg (or .png)
import { withViewer } from "./viewer.mjs";

const [volume, picture] = process.argv.slice(2);
await withViewer(volume, { width: 1000, height: 640, layer: { opacity: 1 } }, ({ show }) =>
  show({ displayDimensions: ["x", "y", "z"], layout: "4panel" }, { path: picture, quality: picture.endsWith(".jpg") ? 85 : undefined }));
