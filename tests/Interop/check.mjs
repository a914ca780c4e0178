// Opens every array of a volume with zarrita and compares it, voxel for voxel, with what it should hold.
// usage: node check.mjs VOLUME.zarr; beside it lies VOLUME.zarr.expected with one file of plain voxels a level (s0, s1, …).
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as zarr from "zarrita";

class Folder {
  constructor(root) {
    this.root = root;
  }

  async get(key) {
    try {
      return new Uint8Array(await readFile(path.join(this.root, key)));
    } catch (error) {
      if (error.code === "ENOENT") return undefined;
      throw error;
    }
  }

  async getRange(key, range) {
    const bytes = await this.get(key);
    if (bytes === undefined) return undefined;
    return "suffixLength" in range
      ? bytes.slice(bytes.length - range.suffixLength)
      : bytes.slice(range.offset, range.offset + range.length);
  }
}

const volume = process.argv[2];
const group = await zarr.open.v3(new Folder(volume), { kind: "group" });
const { ome } = group.attrs;
if (ome.version !== "0.5") throw new Error(`ome.version: got ${ome.version}, expected 0.5`);
for (const { path: name, coordinateTransformations } of ome.multiscales[0].datasets) {
  if (coordinateTransformations[0].type !== "scale") throw new Error(`${name}: the first transformation is no scale`);
  const array = await zarr.open.v3(group.resolve(name), { kind: "array" });
  const { data, shape } = await zarr.get(array);
  const expected = await readFile(path.join(`${volume}.expected`, name));
  // zarrita packs bool into its own view of bytes.
  const got = new Uint8Array(data.buffer, data.byteOffset, data.byteLength ?? data.length);
  if (Buffer.compare(Buffer.from(got), expected) !== 0) throw new Error(`${name}: voxels differ (${array.dtype}, ${shape})`);
  console.log(`${name} ${array.dtype} ${shape.join("x")} equal`);
}
