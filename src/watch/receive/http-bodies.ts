/** What senders post over HTTP as lines for the feed: HEC, `_bulk`, GELF, JSON lines and text. Pure. */

/** Lines, and where reading ended when the body is not what it should be. */
export interface BodyLines {
  lines: string[];
  /** What is wrong, and which item (0-based) it is; undefined: nothing. */
  problem: { index: number; reason: string } | undefined;
}

/** Concatenated JSON objects without commas, as Splunk's HTTP event collector takes them. */
export function hecLines(body: string): BodyLines {
  const lines: string[] = [];
  let index = 0;
  for (const text of objectsIn(body)) {
    const item = parsed(text);
    if (item === undefined) return { lines, problem: { index, reason: 'Invalid data format' } };
    const { event } = item;
    if (event === undefined)
      return { lines, problem: { index, reason: 'Event field is required' } };
    if (event === '') return { lines, problem: { index, reason: 'Event field cannot be blank' } };
    lines.push(JSON.stringify(hecRecord(item, event)));
    index += 1;
  }
  return index === 0
    ? { lines, problem: { index: 0, reason: 'No data' } }
    : { lines, problem: undefined };
}

function hecRecord(item: Record<string, unknown>, event: unknown): Record<string, unknown> {
  const { time, host, source, sourcetype } = item;
  const seconds = typeof time === 'string' ? Number(time) : time;
  const stamp =
    typeof seconds === 'number' && Number.isFinite(seconds) && Math.abs(seconds) < 8e12
      ? { '@timestamp': new Date(seconds * 1000).toISOString() }
      : {};
  const known = { ...stamp, ...(host === undefined ? {} : { host }), source, sourcetype };
  return isRecord(event) ? { ...known, ...event } : { ...known, _raw: String(event) };
}

/** The documents of a bulk request, and for each action whether it was taken. */
export function bulkLines(
  body: string,
): BodyLines & { items: { action: string; isTaken: boolean }[] } {
  const rows = body.split('\n').filter((row) => row.trim() !== '');
  const lines: string[] = [];
  const items: { action: string; isTaken: boolean }[] = [];
  for (let index = 0; index < rows.length; index += 1) {
    const head = parsed(rows[index] as string);
    const action = head === undefined ? undefined : Object.keys(head)[0];
    if (action === undefined || !['index', 'create', 'update', 'delete'].includes(action))
      return { lines, items, problem: { index, reason: 'no action line' } };
    if (action === 'delete') {
      items.push({ action, isTaken: false });
      continue;
    }
    index += 1;
    const document = parsed(rows[index] ?? '');
    const taken = action === 'update' ? document?.['doc'] : document;
    if (isRecord(taken)) lines.push(JSON.stringify(taken));
    items.push({ action, isTaken: isRecord(taken) });
  }
  return { lines, items, problem: undefined };
}

/** A line each, as it stands. */
export const textLines = (body: string): string[] =>
  body
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '');

/** The texts of top-level objects that follow each other. */
function* objectsIn(body: string): Iterable<string> {
  let depth = 0;
  let start = -1;
  let isText = false;
  for (let at = 0; at < body.length; at += 1) {
    const code = body.charCodeAt(at);
    if (isText) {
      if (code === 92) at += 1;
      else if (code === 34) isText = false;
    } else if (code === 34 && depth > 0) isText = true;
    else if (code === 123 || code === 91) {
      if (depth === 0) start = at;
      depth += 1;
    } else if (code === 125 || code === 93) {
      depth -= 1;
      if (depth === 0) yield body.slice(start, at + 1);
      if (depth < 0) return yield '!';
    } else if (depth === 0 && code > 32) return yield '!';
  }
  if (depth > 0) yield '!';
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
