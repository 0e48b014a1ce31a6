/** Reads the XML of one event. Only what such XML has: elements, attributes, text, references, CDATA. */

/** An element with what is in it. */
export interface XmlElement {
  /** Without the prefix of its namespace. */
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: XmlElement[];
  /** All text in it that stands in no inner element. */
  text: string;
}

/** Events are shallow; deeper XML is somebody's trap. */
const MAX_DEPTH = 64;
const MAX_ELEMENTS = 20_000;

const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze({});

/** The element that the text begins with; undefined when it is not whole. */
export function parseXml(text: string): XmlElement | undefined {
  const root: XmlElement = { name: '', attributes: NO_ATTRIBUTES, children: [], text: '' };
  const open = [root];
  let count = 0;
  let at = text.indexOf('<');
  while (at !== -1) {
    const inner = open[open.length - 1] as XmlElement;
    const next = text[at + 1];
    if (next === '!' || next === '?') {
      const end = special(text, at, inner);
      if (end === -1) return undefined;
      at = end;
    } else {
      const end = tagEnd(text, at);
      if (end === -1) return undefined;
      if (next === '/') {
        open.pop();
        if (open.length === 1) return root.children[0];
      } else {
        if (++count > MAX_ELEMENTS || open.length > MAX_DEPTH) return undefined;
        const isEmpty = text[end - 1] === '/';
        const element = openTag(text, at + 1, isEmpty ? end - 1 : end);
        inner.children.push(element);
        if (!isEmpty) open.push(element);
        else if (open.length === 1) return element;
      }
      at = end + 1;
    }
    const stop = text.indexOf('<', at);
    if (stop > at) (open[open.length - 1] as XmlElement).text += unescapeXml(text.slice(at, stop));
    at = stop;
  }
  return undefined;
}

/** Where a CDATA section, comment or processing instruction ends; -1 when it does not. */
function special(text: string, start: number, inner: XmlElement): number {
  const isData = text.startsWith('<![CDATA[', start);
  const close = isData ? ']]>' : text.startsWith('<!--', start) ? '-->' : '>';
  const end = text.indexOf(close, start);
  if (end !== -1 && isData) inner.text += text.slice(start + 9, end);
  return end === -1 ? -1 : end + close.length;
}

/** The end of a tag: a `>` in a quoted value is none. */
function tagEnd(text: string, start: number): number {
  const end = text.indexOf('>', start);
  let quote = text.indexOf('"', start);
  if (quote === -1 || quote > end) {
    quote = text.indexOf("'", start);
    if (quote === -1 || quote > end) return end;
  }
  let within = '';
  for (let at = start; at < text.length; at += 1) {
    const one = text[at] as string;
    if (within !== '') {
      if (one === within) within = '';
    } else if (one === '"' || one === "'") within = one;
    else if (one === '>') return at;
  }
  return -1;
}

function openTag(text: string, start: number, end: number): XmlElement {
  let stop = start;
  while (stop < end && text.charCodeAt(stop) > 32) stop += 1;
  const colon = text.indexOf(':', start);
  const name = text.slice(colon === -1 || colon >= stop ? start : colon + 1, stop);
  const attributes = stop >= end ? NO_ATTRIBUTES : attributesIn(text, stop, end);
  return { name, attributes, children: [], text: '' };
}

/** Attributes without a quoted value are none. */
function attributesIn(text: string, start: number, end: number): XmlElement['attributes'] {
  const attributes: Record<string, string> = {};
  for (let at = start; ; ) {
    const equals = text.indexOf('=', at);
    if (equals === -1 || equals >= end) return attributes;
    let open = equals + 1;
    while (open < end && text.charCodeAt(open) <= 32) open += 1;
    const quote = text[open];
    const close = quote === '"' || quote === "'" ? text.indexOf(quote, open + 1) : -1;
    if (close === -1 || close > end) return attributes;
    const key = text.slice(at, equals).trim();
    // A name from outside must not become a prototype.
    if (key !== '__proto__') attributes[key] ??= unescapeXml(text.slice(open + 1, close));
    at = close + 1;
  }
}

const REFERENCE = /&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g;
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** The text that references stand for; what is none stays as it is. */
export function unescapeXml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    REFERENCE,
    (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
      if (name !== undefined) return NAMED[name] as string;
      const code = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
