// The blocks that the last query gave, by dataset: shown on maps and planes until another query gives some.

const state = { query: "", blocks: new Map(), count: 0 };

export const selection = () => state;

/** @param rows of dataset, level, z, y, x */
export function select(query, rows) {
  state.query = query;
  state.blocks = new Map();
  for (const [dataset, level, z, y, x] of rows) {
    if (Number(level) !== 0) continue;
    if (!state.blocks.has(dataset)) state.blocks.set(dataset, []);
    state.blocks.get(dataset).push([Number(z), Number(y), Number(x)]);
  }
  state.count = rows.length;
}
