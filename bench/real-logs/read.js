// What the built program makes of the logs of `make.sh`: `node bench/real-logs/read.js FOLDER` prints, file by file, lines that it reads
// as `generic`, leaves out, or reads without the address, the account or the outcome that they name. Ends with 1 where there are any.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { streamEvents } from '../../dist/detect/event-stream.js';

const folder = resolve(process.argv[2] ?? '.');
const home = mkdtempSync(join(tmpdir(), 'ir-real-'));
const stream = await streamEvents([folder], {
  cwd: folder,
  zone: 'UTC',
  env: { XDG_CONFIG_HOME: home },
  filter: { sinceUs: -Infinity, untilUs: Infinity, entities: [], grep: undefined },
  level: 'informational',
  isFolded: false,
  ruleNames: [],
  ruleFolders: [],
  referenceMs: Date.now(),
  workers: 0,
  isHashed: false,
  stdin: (async function* nothing() {})(),
});

/** Whom `use.sh` has come: what a line says of them, the event has to say, too. */
const STRANGER = /(?<![\d.])203\.0\.113\.9(?![\d.])/;
const ACCOUNT = /(?<![\w./@-])(alice|bob|nobody[-_]there|mallory)(?![\w./@-])/;
const FAILED =
  /\b(?:fail(?:ed|ure)|incorrect|denied|not permitted|rejected|refused|unauthori[sz]ed|mismatch|doesn't match)\b/i;

const files = new Map();
for await (const { file, line, event } of stream.events) {
  const counts = files.get(file) ?? { events: 0, finds: [] };
  files.set(file, counts);
  counts.events += 1;
  const text = event['event.original'] ?? event.message ?? '';
  const missing = [];
  if (event['ir.format'] === 'generic') missing.push('generic');
  if (event.timeUs === undefined && /\d\d:\d\d:\d\d/.test(text)) missing.push('time');
  const values = Object.entries(event)
    .filter(([field]) => /^(?:source|destination|client|related)\./.test(field))
    .flatMap(([, value]) => value);
  if (STRANGER.test(text) && !values.includes('203.0.113.9')) missing.push('address');
  const account = ACCOUNT.exec(text)?.[1];
  const users = Object.entries(event)
    .filter(([field]) => field.includes('user'))
    .flatMap(([, value]) => value);
  if (account !== undefined && !users.includes(account)) missing.push('account');
  if (
    FAILED.test(text) &&
    event['event.outcome'] === undefined &&
    (account !== undefined || STRANGER.test(text))
  )
    missing.push('outcome');
  if (missing.length > 0) counts.finds.push({ line, missing, text });
}
let total = 0;
for (const [file, { events: count, finds }] of [...files].sort()) {
  console.log(`${file.replace(`${folder}/`, '')}: ${count} events, ${finds.length} to look at`);
  total += finds.length;
  for (const { line, missing, text } of finds)
    console.log(`  ${line}: ${missing.join(', ')}: ${text.slice(0, 200).replaceAll('\n', '\\n')}`);
}
for (const { path, skipped } of stream.files)
  if (skipped > 0) console.log(`${path}: ${skipped} lines skipped`);
rmSync(home, { recursive: true });
process.exitCode = total > 0 ? 1 : 0;
