/**
 * Lets logs grow and logrotate rotate them, by renaming and packing and by copytruncate, while `ir watch` is killed at random moments
 * (seeded), and counts what it saw. Writes `bench/SOAK-WATCH.md`. `SOAK_LINES`, `SOAK_ROTATIONS`, `SOAK_KILLS`, `SOAK_SEED` change how much;
 * exit 1 where a line was lost or counted twice.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../bin/ir.js', import.meta.url));
const number = (name, usual) => Number(process.env[name] ?? usual);
const LINES = number('SOAK_LINES', 1_000_000);
const ROTATIONS = number('SOAK_ROTATIONS', 50);
const KILLS = number('SOAK_KILLS', 30);
/** One line in so many has a mark that a rule tells of by itself. */
const MARK_EVERY = 500;

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
const random = randomFrom(number('SOAK_SEED', 1));
const upTo = (most) => Math.floor(random() * most);

const folder = mkdtempSync(join(tmpdir(), 'ir-soak-watch-'));
const logs = join(folder, 'logs');
mkdirSync(logs);
const paths = { renamed: join(logs, 'access.log'), truncated: join(logs, 'auth.log') };
const env = {
  ...{ PATH: process.env.PATH, HOME: folder, TZ: 'UTC' },
  ...{ XDG_CONFIG_HOME: join(folder, 'config'), XDG_DATA_HOME: join(folder, 'data') },
};
mkdirSync(join(folder, 'rules'));
writeFileSync(
  join(folder, 'rules', 'mark.yml'),
  `title: Mark of the soak
id: 8a1f7f0e-6d0f-4b0e-9a53-0c4f0f2f1a11
logsource: { category: webserver }
detection: { mark: { url.path|contains: /mark- }, condition: mark }
level: high
ir: { entities: [url.path] }
`,
);
writeFileSync(
  join(folder, 'rules', 'mark-auth.yml'),
  `title: Mark of the soak
id: 8a1f7f0e-6d0f-4b0e-9a53-0c4f0f2f1a12
logsource: { product: linux, service: sshd }
detection: { mark: { user.name|startswith: mark- }, condition: mark }
level: high
ir: { entities: [user.name] }
`,
);
writeFileSync(
  join(folder, 'rename.conf'),
  `"${paths.renamed}" { rotate 1000\n create 600\n compress\n delaycompress\n su root root\n}\n`,
);
writeFileSync(
  join(folder, 'truncate.conf'),
  `"${paths.truncated}" { rotate 1000\n copytruncate\n su root root\n}\n`,
);
for (const path of Object.values(paths)) writeFileSync(path, '', { mode: 0o600 });

function rotate(name) {
  const { status, stderr } = spawnSync(
    '/usr/sbin/logrotate',
    ['-f', '-s', join(folder, `${name}.state`), join(folder, `${name}.conf`)],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`logrotate: ${stderr}`);
}

let written = 0;
let marks = 0;
const address = () => `10.${upTo(256)}.${upTo(256)}.${upTo(256)}`;
function accessLine() {
  written += 1;
  const at = new Date().toISOString();
  const [year, month, day] = at.slice(0, 10).split('-');
  const name = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')[Number(month) - 1];
  const isMark = written % MARK_EVERY === 0;
  if (isMark) marks += 1;
  const path = isMark ? `/mark-${marks}` : `/p/${upTo(1e6)}`;
  return `${address()} - - [${day}/${name}/${year}:${at.slice(11, 19)} +0000] "GET ${path} HTTP/1.1" 200 ${upTo(1e5)} "-" "Mozilla/5.0 (${upTo(1e6)})"\n`;
}
function authLine() {
  written += 1;
  const isMark = written % MARK_EVERY === 0;
  if (isMark) marks += 1;
  const user = isMark ? `mark-${marks}` : `user${upTo(1000)}`;
  return `${new Date().toISOString().replace('Z', '+00:00')} web01 sshd[${upTo(60_000)}]: Accepted publickey for ${user} from ${address()} port ${upTo(60_000)} ssh2: ED25519 SHA256:${random().toString(36).slice(2)}\n`;
}

/** What the watch said of what it could not read. */
const remarks = new Set();
let kills = 0;
let isWritten = false;
/** The first watch has looked: what lies there before that is the past. */
let hasBegun = false;
/** Watches, is killed, watches again. */
async function watchAndKill() {
  while (kills < KILLS || !isWritten) {
    const child = spawn(
      process.execPath,
      [BIN, 'watch', logs, '--rules', join(folder, 'rules'), '--level', 'low', '--format', 'jsonl'],
      { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let isBegun = false;
    child.stderr.on('data', (part) => {
      isBegun ||= String(part).includes('watching');
      for (const line of String(part).split('\n'))
        if (/missing|gone|cannot|lost/.test(line)) remarks.add(line.replaceAll(folder, ''));
    });
    const ended = once(child, 'exit');
    while (!isBegun && child.exitCode === null) await pause(20);
    if (child.exitCode !== null) throw new Error('ir watch ended by itself');
    if (!hasBegun) await pause(2000);
    hasBegun = true;
    await pause(200 + upTo(4000));
    if (kills < KILLS) kills += 1;
    else while (!isWritten) await pause(100);
    child.kill('SIGKILL');
    await ended;
  }
}

async function write() {
  const perRotation = Math.ceil(LINES / ROTATIONS / 2);
  while (!hasBegun) await pause(50);
  for (let round = 0; round < ROTATIONS; round += 1) {
    for (let count = 0; count < perRotation; ) {
      const part = Math.min(perRotation - count, 499);
      count += part;
      const access = Array.from({ length: part }, accessLine).join('');
      appendFileSync(paths.renamed, access);
      appendFileSync(paths.truncated, Array.from({ length: part }, authLine).join(''));
      await pause(1);
    }
    // What copytruncate itself drops between copy and truncation is gone for everybody, so nothing is written meanwhile.
    rotate(round % 2 === 0 ? 'rename' : 'truncate');
    while (kills < Math.floor(((round + 1) * KILLS) / ROTATIONS)) await pause(50);
  }
  isWritten = true;
}

const beganMs = Date.now();
await Promise.all([write(), watchAndKill()]);
const last = spawnSync(
  process.execPath,
  [
    BIN,
    'watch',
    logs,
    '--rules',
    join(folder, 'rules'),
    '--level',
    'low',
    '--once',
    '--format',
    'jsonl',
  ],
  { cwd: folder, env, encoding: 'utf8', maxBuffer: 1 << 30 },
);
if (last.status !== 0) throw new Error(`ir watch --once: ${last.stderr}`);
const [store] = spawnSync('find', [folder, '-name', 'counters.json'], {
  encoding: 'utf8',
}).stdout.split('\n');
const kept = join(store, '..');
const { events } = JSON.parse(readFileSync(store, 'utf8'));
const steps = ['findings.1.jsonl', 'findings.jsonl']
  .flatMap((name) => {
    try {
      return readFileSync(join(kept, name), 'utf8').trimEnd().split('\n');
    } catch {
      return [];
    }
  })
  .map((line) => JSON.parse(line));
const opened = new Map();
let hits = 0;
for (const { state, finding } of steps) {
  if (finding.rule.title !== 'Mark of the soak') continue;
  const key = String(finding.entities['url.path'] ?? finding.entities['user.name']);
  if (state === 'open') opened.set(key, (opened.get(key) ?? 0) + 1);
  if (state === 'closed') hits += finding.count;
}
const twice = [...opened.values()].filter((count) => count > 1).length;
const jumps = steps.filter(({ seq }, at) => at > 0 && seq !== steps[at - 1].seq + 1).length;
const bytes = readFileSync(join(kept, 'state.json')).length;
const seconds = Math.round((Date.now() - beganMs) / 1000);
const text = `# A watch killed at random moments while its logs are rotated

\`npm run soak:watch\`: ${LINES.toLocaleString('en')} lines go into two logs that logrotate rotates, one by renaming and packing, one by copytruncate,
while \`ir watch\` is killed with SIGKILL again and again (seed ${number('SOAK_SEED', 1)}, ${seconds} s).

| What | Wanted | Found |
| --- | ---: | ---: |
| rotations (renamed and packed, copied and truncated) | ${ROTATIONS} | ${ROTATIONS} |
| \`kill -9\` of the watch | ${KILLS} | ${kills} |
| lines counted as events, over all runs | ${written.toLocaleString('en')} | ${events.toLocaleString('en')} |
| marks told of | ${marks.toLocaleString('en')} | ${opened.size.toLocaleString('en')} |
| marks told of twice | 0 | ${twice} |
| hits of all marks when they closed | ${marks.toLocaleString('en')} | ${hits.toLocaleString('en')} |
| gaps in the numbers of steps | 0 | ${jumps} |
| bytes of the state at the end | | ${bytes.toLocaleString('en')} |
`;
for (const line of remarks) process.stderr.write(`${line}\n`);
if (process.env.SOAK_LINES === undefined)
  writeFileSync(fileURLToPath(new URL('SOAK-WATCH.md', import.meta.url)), text);
process.stdout.write(text);
if (process.env.SOAK_KEEP === undefined) rmSync(folder, { recursive: true });
process.exitCode =
  events === written && opened.size === marks && twice === 0 && hits === marks ? 0 : 1;
