/**
 * Takes BinXML apart. Offsets are those of the chunk, which keeps names and templates once: whoever needs one says where
 * it lies.
 * @see https://learn.microsoft.com/openspecs/windows_protocols/ms-even6/e6fc7c72-b8c0-475b-aef7-25eaf1a814ac
 * @see https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc
 */
import type { Attribute, Element, Node, Substitution, Value } from './binxml-node.ts';
import { BrokenBinXml } from './broken.ts';
import { utf16 } from './values.ts';
import { escapeXml, xmlName } from './xml-text.ts';

/** Elements and templates in each other. Windows itself allows about forty. */
export const MAX_DEPTH = 64;
/** Nodes of one record's text or of one template. */
const MAX_NODES = 20_000;
const MAX_VALUES = 8_192;
/** Of a template definition, in front of its text: next one, GUID, size. */
const TEMPLATE_HEAD = 24;

/** Reads the BinXML of one chunk. */
export interface BinXmlParser {
  /** @param depth how deep it lies in others */
  fragment(start: number, end: number, depth: number): Node[];
}

/** @param bytes the chunk, from its header on, or as much as there is of it */
export function createBinXmlParser(bytes: Buffer): BinXmlParser {
  const names = new Map<number, string>();
  const templates = new Map<number, { nodes: readonly Node[]; size: number }>();
  const open = new Set<number>();

  let at = 0;
  let end = 0;
  let nodes = 0;

  const need = (count: number): number => {
    const start = at;
    if (start + count > end) throw new BrokenBinXml('it ends too early');
    at += count;
    return start;
  };
  const uint8 = (): number => bytes[need(1)] as number;
  const uint16 = (): number => bytes.readUInt16LE(need(2));
  const uint32 = (): number => bytes.readUInt32LE(need(4));
  const text = (): string => {
    const size = uint16() * 2;
    const start = need(size);
    return utf16(bytes, start, start + size);
  };

  /** A name: where it is used first, it stands behind its offset. */
  const name = (): string => {
    const offset = uint32();
    const known = names.get(offset);
    const isHere = offset === at;
    if (known !== undefined && !isHere) return known;
    if (offset + 8 > bytes.length) throw new BrokenBinXml('a name outside of its chunk');
    const size = bytes.readUInt16LE(offset + 6) * 2;
    if (offset + 8 + size > bytes.length) throw new BrokenBinXml('a name outside of its chunk');
    if (isHere) need(8 + size + 2);
    const found = xmlName(utf16(bytes, offset + 8, offset + 8 + size));
    names.set(offset, found);
    return found;
  };

  const substitution = (isOptional: boolean): Substitution => {
    const index = uint16();
    need(1);
    return { kind: 'value', index, isOptional };
  };

  const value = (): string => {
    if (uint8() !== 1) throw new BrokenBinXml('a text of another type');
    return escapeXml(text());
  };

  const entity = (): string => {
    const found = name();
    return /^(?:amp|lt|gt|quot|apos)$/.test(found) ? `&${found};` : `&amp;${found};`;
  };

  const part = (token: number): string | Substitution | undefined => {
    const kind = token & ~MORE;
    if (kind === VALUE) return value();
    if (token === NORMAL_VALUE || token === OPTIONAL_VALUE)
      return substitution(token === OPTIONAL_VALUE);
    if (kind === CHARACTER) return escapeXml(String.fromCharCode(uint16()));
    if (kind === ENTITY) return entity();
    return undefined;
  };

  const attributes = (element: Element): void => {
    while (at < end && ((bytes[at] as number) & ~MORE) === ATTRIBUTE) {
      at += 1;
      const opening = ` ${name()}="`;
      const parts: Attribute['parts'][number][] = [];
      for (;;) {
        const before = at;
        const found = part(uint8());
        if (found === undefined) {
          at = before;
          break;
        }
        parts.push(found);
        if (++nodes > MAX_NODES) throw new BrokenBinXml('too many parts');
      }
      if (parts.every((one) => typeof one === 'string'))
        element.open += `${opening}${parts.join('')}"`;
      else element.attributes.push({ open: opening, parts });
    }
  };

  const element = (token: number, isValue: boolean, depth: number): Element => {
    if (!isValue) need(2);
    need(4);
    const called = name();
    const found: Element = {
      kind: 'element',
      open: `<${called}`,
      attributes: [],
      children: [],
      close: `</${called}>`,
    };
    if ((token & MORE) !== 0) {
      need(4);
      attributes(found);
    }
    const closing = uint8();
    if (closing === CLOSE_EMPTY) return found;
    if (closing !== CLOSE_START) throw new BrokenBinXml('unknown token');
    content(found.children, isValue, depth + 1, true);
    return found;
  };

  /** Nodes up to the end of the element or of the fragment. */
  const content = (into: Node[], isValue: boolean, depth: number, isInside: boolean): void => {
    if (depth > MAX_DEPTH) throw new BrokenBinXml('nested too deep');
    while (at < end) {
      if (++nodes > MAX_NODES) throw new BrokenBinXml('too many parts');
      const token = uint8();
      if (token === END_ELEMENT && isInside) return;
      if (token === END && !isInside) return;
      const kind = token & ~MORE;
      const found = part(token);
      if (found !== undefined) into.push(found);
      else if (kind === OPEN_START) into.push(element(token, isValue, depth));
      else if (kind === CDATA) into.push(escapeXml(text()));
      else if (token === INSTANCE) into.push(instance(depth));
      else if (token === PI_TARGET) into.push(processing());
      else if (token === FRAGMENT) need(3);
      else throw new BrokenBinXml('unknown token');
    }
    if (isInside) throw new BrokenBinXml('it ends too early');
  };

  /** A processing instruction says nothing about the event: of its text only what cannot end it is kept. */
  const processing = (): string => {
    const target = name();
    if (uint8() !== PI_DATA) throw new BrokenBinXml('unknown token');
    return `<?${target} ${escapeXml(text())}?>`;
  };

  const instance = (depth: number): Node => {
    need(1 + 4);
    const offset = uint32();
    const isHere = offset === at;
    const template = templateAt(offset, depth);
    if (isHere) need(TEMPLATE_HEAD + template.size);
    const count = uint32();
    if (count > MAX_VALUES) throw new BrokenBinXml('too many values');
    const values: Value[] = [];
    let start = at + count * 4;
    for (let index = 0; index < count; index += 1) {
      const size = uint16();
      values.push({ type: uint8(), start, size });
      need(1);
      start += size;
    }
    need(start - at);
    return { kind: 'instance', template: template.nodes, values };
  };

  const templateAt = (offset: number, depth: number): { nodes: readonly Node[]; size: number } => {
    const known = templates.get(offset);
    if (known !== undefined) return known;
    if (open.has(offset)) throw new BrokenBinXml('a template in itself');
    const start = offset + TEMPLATE_HEAD;
    if (start > bytes.length) throw new BrokenBinXml('a template outside of its chunk');
    const size = bytes.readUInt32LE(start - 4);
    if (start + size > bytes.length) throw new BrokenBinXml('a template outside of its chunk');
    open.add(offset);
    try {
      const found = { nodes: within(start, start + size, false, depth + 1), size };
      templates.set(offset, found);
      return found;
    } finally {
      open.delete(offset);
    }
  };

  const within = (start: number, stop: number, isValue: boolean, depth: number): Node[] => {
    const outer = [at, end, nodes] as const;
    [at, end, nodes] = [start, Math.min(stop, bytes.length), 0];
    try {
      const found: Node[] = [];
      content(found, isValue, depth, false);
      return found;
    } finally {
      [at, end, nodes] = outer;
    }
  };

  /** Elements of a template have dependency ids, others have none; writers are known that do it the other way. */
  const fragment = (start: number, stop: number, depth: number): Node[] => {
    try {
      return within(start, stop, true, depth);
    } catch (error) {
      try {
        return within(start, stop, false, depth);
      } catch {
        throw error;
      }
    }
  };

  return { fragment };
}

/** The flag of a token: more attributes, or more data, follow. */
const MORE = 0x40;
const END = 0x00;
const OPEN_START = 0x01;
const CLOSE_START = 0x02;
const CLOSE_EMPTY = 0x03;
const END_ELEMENT = 0x04;
const VALUE = 0x05;
const ATTRIBUTE = 0x06;
const CDATA = 0x07;
const CHARACTER = 0x08;
const ENTITY = 0x09;
const PI_TARGET = 0x0a;
const PI_DATA = 0x0b;
const INSTANCE = 0x0c;
const NORMAL_VALUE = 0x0d;
const OPTIONAL_VALUE = 0x0e;
const FRAGMENT = 0x0f;
