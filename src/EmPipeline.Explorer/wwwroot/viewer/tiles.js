// Tiles from the server: kept, a few at a time on the way, the newest wish first; what is no longer wished is not fetched.
import { reason } from "../api.js";

const most = 240;
const atOnce = 6;

export class Tiles {
  constructor(changed) {
    this.changed = changed;
    this.kept = new Map();
    this.wishes = new Map();
    this.underway = new Map();
  }

  /** The picture, or undefined while it is not there: then it is wished for. */
  get(address) {
    const tile = this.kept.get(address);
    if (tile) {
      this.kept.delete(address);
      this.kept.set(address, tile);
      return tile.picture;
    }
    this.wishes.set(address, true);
    return undefined;
  }

  /** Called before a frame is drawn: wishes are made anew by each. */
  begin() {
    this.wishes.clear();
    this.failure = undefined;
  }

  /** Called after it. */
  end() {
    for (const [address, controller] of this.underway) if (!this.wishes.has(address)) controller.abort();
    this.pump();
  }

  get busy() {
    return this.wishes.size > 0 || this.underway.size > 0;
  }

  pump() {
    for (const address of [...this.wishes.keys()].reverse()) {
      if (this.underway.size >= atOnce) return;
      if (!this.underway.has(address)) this.fetch(address);
    }
  }

  async fetch(address) {
    const controller = new AbortController();
    this.underway.set(address, controller);
    try {
      const response = await fetch(address, { signal: controller.signal });
      if (!response.ok) throw new Error(await reason(response));
      this.keep(address, { picture: await createImageBitmap(await response.blob()) });
    } catch (error) {
      // Asked for again only when one comes back to it.
      if (!controller.signal.aborted) this.keep(address, { picture: null, failure: error.message });
    } finally {
      this.underway.delete(address);
      this.wishes.delete(address);
      this.changed();
      this.pump();
    }
  }

  keep(address, tile) {
    this.kept.set(address, tile);
    for (const [old, { picture }] of this.kept) {
      if (this.kept.size <= most) break;
      picture?.close();
      this.kept.delete(old);
    }
  }

  /** What went wrong with a tile that is there. */
  failureOf(address) {
    return this.kept.get(address)?.failure;
  }

  close() {
    this.wishes.clear();
    for (const controller of this.underway.values()) controller.abort();
    for (const { picture } of this.kept.values()) picture?.close();
    this.kept.clear();
  }
}
