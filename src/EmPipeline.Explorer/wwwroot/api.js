// Questions to the server. What goes wrong is an Error with the server's own words.

export async function get(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(await reason(response));
  return response.json();
}

export async function reason(response) {
  try {
    return (await response.json()).error ?? response.statusText;
  } catch {
    return `${response.status} ${response.statusText}`;
  }
}

/** Runs a query; `onRows(columns, rows)` is called as rows come, a batch at a time. Returns how it ended: { rows, isCut, seconds }. */
export async function sql(query, onRows, signal) {
  const response = await fetch("/api/sql", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ query }), signal });
  if (!response.ok) throw new Error(await reason(response));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let [rest, columns, end] = ["", [], undefined];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    const rows = [];
    for (const line of lines) {
      const entry = JSON.parse(line);
      if (Array.isArray(entry)) rows.push(entry);
      else if (entry.columns) columns = entry.columns;
      else if (entry.error) throw new Error(entry.error);
      else end = entry.end;
    }
    onRows(columns, rows);
  }
  if (!end) throw new Error("the answer ended before its end; is the viewer still running?");
  return end;
}
