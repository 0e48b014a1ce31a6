/** From BinXML that was taken apart to XML, values put in. */
import type { Attribute, Element, Node, Substitution, Value } from './binxml-node.ts';
import { BrokenBinXml } from './broken.ts';
import { type BinXmlParser, MAX_DEPTH } from './parse-binxml.ts';
import { ARRAY, arrayTexts, BIN_XML, NULL, valueText } from './values.ts';
import { escapeXml } from './xml-text.ts';

/** Characters of one event: small records may ask for a large template many times. */
const MAX_TEXT = 1 << 20;
/** Nodes written for one event, for the same reason. */
const MAX_STEPS = 100_000;

const NO_VALUES: readonly Value[] = [];
const NONE: Value = { type: NULL, start: 0, size: 0 };

/** Makes the function that gives the event between two places of a chunk as XML. Throws `BrokenBinXml`. */
export function createXmlWriter(
  bytes: Buffer,
  parser: BinXmlParser,
): (start: number, end: number) => string {
  let out = '';
  let written = 0;
  let steps = 0;
  let depth = 0;

  const add = (text: string): void => {
    out += text;
    written += text.length;
    if (written > MAX_TEXT) throw new BrokenBinXml('too large');
  };

  /** Texts of an array; undefined for a single value. */
  const listOf = ({ type, start, size }: Value): string[] | undefined =>
    (type & ARRAY) === 0 ? undefined : arrayTexts(bytes, type & ~ARRAY, start, size);

  const value = (found: Value): void => {
    const { type, start, size } = found;
    if (type === NULL || size === 0) return;
    if (type === BIN_XML) {
      nodes(parser.fragment(start, start + size, depth), NO_VALUES);
      return;
    }
    const list = listOf(found);
    add(escapeXml(list === undefined ? valueText(bytes, type, start, size) : list.join(' ')));
  };

  const valueAt = ({ index }: Substitution, values: readonly Value[]): Value =>
    values[index] ?? NONE;

  const attribute = ({ open, parts }: Attribute, values: readonly Value[]): void => {
    const [only] = parts;
    const isLeftOut =
      parts.length === 1 &&
      typeof only === 'object' &&
      only.isOptional &&
      valueAt(only, values).type === NULL;
    if (isLeftOut) return;
    add(open);
    for (const part of parts) {
      if (typeof part === 'string') add(part);
      else value(valueAt(part, values));
    }
    add('"');
  };

  const element = (found: Element, values: readonly Value[]): void => {
    const { children } = found;
    const [only] = children;
    if (children.length === 1 && typeof only === 'object' && only.kind === 'value') {
      const put = valueAt(only, values);
      if (only.isOptional && put.type === NULL) return;
      const list = listOf(put);
      if (list !== undefined) {
        for (const text of list) wrap(found, values, () => add(escapeXml(text)));
        return;
      }
    }
    wrap(found, values, () => nodes(children, values));
  };

  const wrap = (found: Element, values: readonly Value[], inner: () => void): void => {
    add(found.open);
    for (const one of found.attributes) attribute(one, values);
    const before = out;
    out = '';
    inner();
    const content = out;
    out = before;
    if (content === '') add('/>');
    else {
      out += `>${content}`;
      add(found.close);
    }
  };

  const nodes = (list: readonly Node[], values: readonly Value[]): void => {
    depth += 1;
    if (depth > MAX_DEPTH) throw new BrokenBinXml('nested too deep');
    for (const node of list) {
      if (++steps > MAX_STEPS) throw new BrokenBinXml('too large');
      if (typeof node === 'string') add(node);
      else if (node.kind === 'element') element(node, values);
      else if (node.kind === 'instance') nodes(node.template, node.values);
      else value(valueAt(node, values));
    }
    depth -= 1;
  };

  return (start, end) => {
    [out, written, steps, depth] = ['', 0, 0, 0];
    nodes(parser.fragment(start, end, 0), NO_VALUES);
    return out;
  };
}
