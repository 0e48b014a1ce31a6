/**
 * Masks a gigabyte of random lines with names, brings it back, and compares every byte; asks with another key and without the map. Its
 * section of `bench/SOAK.md` is written anew. `SOAK_MASK_BYTES` makes it shorter, and writes no file then.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../bin/ir.js', import.meta.url));
const TABLE = fileURLToPath(new URL('SOAK.md', import.meta.url));
const BYTES = Number(process.env.SOAK_MASK_BYTES ?? 1 << 30);
const HEADING = '\n## A gigabyte masked and brought back\n';

const folder = mkdtempSync(join(tmpdir(), 'ir-soak-'));
const env = { PATH: process.env.PATH, HOME: folder };
const ir = (...args) =>
  spawnSync(process.execPath, [BIN, ...args], { cwd: folder, env, encoding: 'utf8' });
// Millions of them: those of node:crypto take minutes.
const randomInt = (below) => Math.floor(Math.random() * below);
const hex = (bytes) =>
  Math.random()
    .toString(16)
    .slice(2, 2 + 2 * bytes);
const address = () => `${randomInt(256)}.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;

/** One line in twenty holds what is masked. */
function line(count) {
  const stamp = `2026-11-24T10:${10 + randomInt(49)}:${10 + randomInt(49)}Z`;
  if (count % 20 === 0)
    return count % 40 === 0
      ? `{"@timestamp":"${stamp}","user":"u${hex(3)}","password":"${hex(6)}","card":4111111111111111}\n`
      : `Nov 24 10:00:01 web1 app[${randomInt(90_000)}]: reset for ${hex(5)}@example.org with password=${hex(6)}\n`;
  return count % 2 === 0
    ? `{"@timestamp":"${stamp}","level":"info","message":"request ${hex(4)}","source":{"ip":"${address()}"}}\n`
    : `Nov 24 10:00:01 web1 sshd[${randomInt(90_000)}]: Connection closed by ${address()} port ${randomInt(60_000)} [preauth]\n`;
}

/** Writes them. @returns SHA-256 and bytes */
function original(path) {
  const hash = createHash('sha256');
  const file = openSync(path, 'w');
  let bytes = 0;
  for (let count = 0; bytes < BYTES; ) {
    const lines = [];
    for (const end = count + 50_000; count < end; count += 1) lines.push(line(count));
    const block = Buffer.from(lines.join(''));
    hash.update(block);
    bytes += writeSync(file, block);
  }
  closeSync(file);
  return { sha256: hash.digest('hex'), bytes };
}

/** Unmasks to standard output. @returns its SHA-256 */
async function broughtBack(path) {
  const child = spawn(process.execPath, [BIN, 'unmask', path, '--key-file', 'key'], {
    ...{ cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  const hash = createHash('sha256');
  child.stdout.on('data', (piece) => hash.update(piece));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`ir unmask ends with ${code}`);
  return hash.digest('hex');
}

try {
  const before = original(join(folder, 'a.log'));
  ir('mask', '--new-key', 'key');
  ir('mask', '--new-key', 'other');
  let begun = Date.now();
  const masked = ir('mask', 'a.log', '--method', 'token', '--key-file', 'key', '--output', 'm.log');
  if (masked.status !== 0) throw new Error(`ir mask: ${masked.stderr}`);
  const maskSeconds = (Date.now() - begun) / 1000;
  begun = Date.now();
  const after = await broughtBack('m.log');
  const unmaskSeconds = (Date.now() - begun) / 1000;
  const wrong = ir('unmask', 'm.log', '--key-file', 'other');
  const mapless = ir('unmask', 'm.log', '--key-file', 'key', '--store', 'elsewhere');
  const isSame = after === before.sha256;
  const isRefused =
    wrong.status === 6 && wrong.stdout === '' && wrong.stderr.includes('another key');
  const isMissed = mapless.status === 6 && mapless.stderr.includes('the map is missing');
  const values = /Masked: (.*)/.exec(masked.stdout)?.[1] ?? '';
  const rows = [
    `| ${before.bytes} bytes, ${values} | ${isSame ? 'the same bytes' : 'DIFFERENT'} | ${Math.round(maskSeconds)} | ${Math.round(unmaskSeconds)} |`,
    `| another key | ${isRefused ? 'refused, said' : 'NOT REFUSED'} | | |`,
    `| no map | ${isMissed ? 'refused, said' : 'NOT REFUSED'} | | |`,
  ];
  const section = `${HEADING}
\`ir mask --method token\`, then \`ir unmask\`, of random lines of syslog and JSON of which one in twenty holds values that are masked.

| | came back | seconds masked | seconds brought back |
| --- | --- | ---: | ---: |
${rows.join('\n')}
`;
  process.stdout.write(section);
  if (process.env.SOAK_MASK_BYTES === undefined) {
    const table = readFileSync(TABLE, 'utf8');
    const at = table.indexOf(HEADING);
    writeFileSync(TABLE, (at === -1 ? table : table.slice(0, at)) + section);
  }
  if (!isSame || !isRefused || !isMissed || statSync(join(folder, 'm.log')).size === 0)
    process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
