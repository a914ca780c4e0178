// Where one is, in the address after #: "#/view/hemibrain?z=64&y=500&x=500". A link brings back the same place.

export function parse(hash = location.hash) {
  const [path, query] = hash.replace(/^#\/?/, "").split("?");
  const [page, ...rest] = path.split("/").map(decodeURIComponent);
  return { page: page || "datasets", name: rest.join("/"), values: new URLSearchParams(query ?? "") };
}

export function link(page, name = "", values = {}) {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "")).toString();
  return `#/${page === "datasets" ? "" : page}${name ? `/${encodeURIComponent(name)}` : ""}${query ? `?${query}` : ""}`;
}

/** Changes the address without a step in the history. */
export const replace = (hash) => history.replaceState(null, "", hash);
