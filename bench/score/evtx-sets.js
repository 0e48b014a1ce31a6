// Event logs of Windows beside another reader of EVTX and beside the same events as JSON.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSkip } from '../../dist/events/event.js';
import { createClock } from '../../dist/logs/clock.js';
import { parseXml } from '../../dist/logs/formats/windows/xml-tree.js';
import { format as windowsEvent } from '../../dist/logs/formats/windows-event.js';
import { format as windowsJson } from '../../dist/logs/formats/windows-json.js';
import { textOfRecord } from '../../dist/logs/read-records.js';
import { jsonRows } from './truth.js';

const hasTool = spawnSync('evtxexport', ['-V']).error === undefined;

/** All records of a file as text and event; undefined where one cannot be read. */
function recordsOf(format, path) {
  const splitter = format.records.splitter(false);
  const records = [...splitter.push(readFileSync(path).toString('latin1')), ...splitter.end()];
  if (splitter.problem?.() !== undefined) return undefined;
  const read = records.map((record) => {
    const text = textOfRecord(record);
    return { text, event: format.parse(text, createClock({ zone: 'UTC' })), skip: record.skip };
  });
  return read.some(({ event, skip }) => skip !== undefined || isSkip(event)) ? undefined : read;
}

/** Numbers in hexadecimal without zeros in front, times with seven digits: the tool pads both. */
const plainText = (text) =>
  text
    .replace(/^0x0+(?=[\da-f])/, '0x')
    .replace(/^(\d{4}-\d\d-\d\dT[\d:]{8}\.\d{7})\d{2}Z$/, '$1Z')
    .replace(/\r\n/g, '\n')
    .trim();

const leavesOf = ({ name, attributes, children, text }) => [
  [
    name,
    Object.entries(attributes).map(([key, value]) => [key, plainText(value)]),
    plainText(text),
  ],
  ...children.flatMap(leavesOf),
];

const sameAs = (left, right) => JSON.stringify(left) === JSON.stringify(right);
const treesOf = (texts) => texts.map((text) => leavesOf(parseXml(text)));

/** Does evtxexport say the same of every record, every name and value? Undefined where it is not installed. */
export function equalToTool(path) {
  if (!hasTool) return undefined;
  const options = { encoding: 'utf8', stdio: 'pipe', maxBuffer: 1 << 28 };
  const said = execFileSync('evtxexport', ['-f', 'xml', path], options);
  const wanted = said.match(/<Event [\s\S]*?<\/Event>/g) ?? [];
  const found = recordsOf(windowsEvent, path);
  return found !== undefined && sameAs(treesOf(found.map(({ text }) => text)), treesOf(wanted));
}

/** What evtx_dump leaves out: the braces of a GUID, and blanks at the end. */
const asDumped = (value) =>
  typeof value === 'string' ? value.replace(/^\{([\dA-F-]{36})\}$/i, '$1').trimEnd() : value;
const pairsOf = (object) => Object.entries(object).map(([name, value]) => [name, asDumped(value)]);

function saidBy({ event }) {
  const { winlog = {}, raw: _, message: __, format: ___, ...fields } = event;
  const data = winlog.event_data ?? winlog.user_data ?? {};
  return [pairsOf(fields), asDumped(winlog.provider_guid), pairsOf(data)];
}

/** The pairs of EVTX and JSON among Sigma's regression data, each with whether they say the same. */
export function* equalTwins(data) {
  for (const { evtx, json } of jsonRows('sigma/truth-regression.jsonl')) {
    const [left, right] = [evtx, json?.[0]].map((path) => path && join(data, 'sigma', path));
    if (!left || !right || !existsSync(left) || !existsSync(right)) continue;
    const [records, twins] = [recordsOf(windowsEvent, left), recordsOf(windowsJson, right)];
    const isSame =
      records !== undefined &&
      twins !== undefined &&
      sameAs(records.map(saidBy), twins.map(saidBy));
    yield [left, right, isSame];
  }
}
