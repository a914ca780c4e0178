// The colour of an id, as the server paints it (LabelPixels.Colour).

const mask = (1n << 64n) - 1n;

export function colourOf(id) {
  let mixed = id & mask;
  mixed = ((mixed ^ (mixed >> 30n)) * 0xBF58476D1CE4E5B9n) & mask;
  mixed = ((mixed ^ (mixed >> 27n)) * 0x94D049BB133111EBn) & mask;
  mixed ^= mixed >> 31n;
  const [hue, lightness] = [(Number(mixed & 0xFFFFn) / 65536) * 6, 0.48 + (Number((mixed >> 16n) & 0xFFn) / 255) * 0.2];
  const chroma = (1 - Math.abs(2 * lightness - 1)) * 0.85;
  const part = (shift) => {
    const at = Math.abs(((hue + shift) % 6) - 3);
    return Math.round(255 * (lightness + chroma * (Math.min(Math.max(at - 1, 0), 1) - 0.5)));
  };
  return `rgb(${part(0)}, ${part(4)}, ${part(2)})`;
}

const ramp = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];

/** From dark violet over green to yellow, for 0 to 1. */
export function rampColour(share) {
  const at = Math.min(Math.max(share, 0), 1) * (ramp.length - 1);
  const i = Math.min(Math.floor(at), ramp.length - 2);
  return `rgb(${ramp[i].map((part, k) => Math.round(part + (ramp[i + 1][k] - part) * (at - i))).join(", ")})`;
}
