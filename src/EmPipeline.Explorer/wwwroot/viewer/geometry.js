// Where voxels lie. Axes are z, y, x (0, 1, 2). The world's unit is the nanometre, or a voxel of the image where nothing states its size; its origin is
// the centre of the image's first voxel at level 0.

export const letters = ["z", "y", "x"];

/** The three planes: across which axis each lies, which axis goes right and which goes down. */
export const planes = {
  xy: { normal: 0, right: 2, down: 1 },
  xz: { normal: 1, right: 2, down: 0 },
  zy: { normal: 2, right: 0, down: 1 },
};

/** A layer's voxel around a place in the world; a fraction of it too where `exact`. */
export const indexOf = (level, axis, place, exact = false) => {
  const index = (place - level.centre[axis]) / level.scale[axis];
  return exact ? index : Math.floor(index + 0.5);
};

export const placeOf = (level, axis, index) => level.centre[axis] + index * level.scale[axis];

/** From the outer side of the first voxel to that of the last. */
export const extent = (level, axis) => [placeOf(level, axis, -0.5), placeOf(level, axis, level.shape[axis] - 0.5)];

/** The coarsest level whose voxels are not larger than a pixel; the finest where one looks closer than that. */
export function levelFor(layer, plane, unitsPerPixel) {
  const edge = (level) => Math.min(level.scale[plane.right], level.scale[plane.down]);
  return layer.levels.findLast((level) => edge(level) <= unitsPerPixel * 1.01) ?? layer.levels[0];
}

/** "1,200 nm" or "1.2 µm". */
export function length(nanometres) {
  if (nanometres >= 1e6) return `${trim(nanometres / 1e6)} mm`;
  return nanometres >= 1000 ? `${trim(nanometres / 1000)} µm` : `${trim(nanometres)} nm`;
}

const trim = (value) => Number(value.toPrecision(4)).toLocaleString("en", { maximumFractionDigits: 3 });

/** The longest of 1, 2, 5, 10, … units that fits. */
export function roundLength(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].find((step) => step * power <= most) * power;
}
