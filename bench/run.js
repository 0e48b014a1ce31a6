// `npm run bench`: times `ir timeline` and, where they are installed, other tools on the same files, side by side.
// BENCH_ONLY=random,auth takes the rows whose names hold one of the words, BENCH_RUNS=1 one run of each,
// BENCH_SCALE=0.1 smaller files, BENCH_LARGE=0 leaves out the files four times as large.
// `npm run bench -- search`: `ir grep` and `ir stats` beside ripgrep and others (bench/search.js).
// `npm run bench -- formats`: how fast single formats become events (bench/formats.js, bench/evtx.js).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateLog } from './generate.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const data = join(root, 'bench', 'data');
const { BENCH_RUNS = '5', BENCH_ONLY = '', BENCH_SCALE = '1', BENCH_LARGE = '1' } = process.env;
const RUNS = Number(BENCH_RUNS);
const SCALE = Number(BENCH_SCALE);
const FAIL2BAN_LINES = 200_000;
const MOST_MEMORY = 300;
const scratch = mkdtempSync(join(tmpdir(), 'ir-bench-'));
const env = { ...process.env, CI: '1', NO_COLOR: '1' };

const ir = (file) => [process.execPath, join(root, 'bin', 'ir.js'), 'timeline', file];
const lnav = (file) => ['lnav', '-n', '-c', ';select count(*) from access_log', file];

/** What the time is held against: `ratio` of ours to the peer's, of the peer's to ours, or megabytes a second. */
const CASES = [
  { name: 'access log', kind: 'access', bytes: 250e6, peer: lnav, most: 0.6 },
  { name: 'random agents', kind: 'access-agents', bytes: 250e6, peer: lnav, most: 1 },
  { name: 'random paths', kind: 'access-paths', bytes: 250e6, peer: lnav, most: 1 },
  { name: 'a million addresses', kind: 'access-addresses', bytes: 250e6, peer: lnav, most: 1 },
  { name: 'all random', kind: 'access-all', bytes: 250e6, peer: lnav, most: 1 },
  { name: 'auth.log', kind: 'auth', bytes: 160e6, peer: fail2ban, least: 40 },
  { name: 'auth.log, users that come once', kind: 'auth-users', bytes: 160e6 },
  { name: 'auth.log, messages nobody knows', kind: 'auth-shapes', bytes: 160e6 },
  { name: 'JSON lines', kind: 'json', bytes: 200e6, speed: 120 },
].filter(({ name }) => BENCH_ONLY.split(',').some((word) => name.includes(word)));

/** fail2ban reads a part of the file, for it would take hours; its time is scaled. */
function fail2ban(file) {
  const head = join(scratch, 'auth-head.log');
  writeFileSync(
    head,
    spawnSync('head', ['-n', FAIL2BAN_LINES, file], { maxBuffer: 1 << 28 }).stdout,
  );
  const scale = statSync(file).size / statSync(head).size;
  return Object.assign(['fail2ban-regex', head, '/etc/fail2ban/filter.d/sshd.conf'], { scale });
}

const isInstalled = (command) =>
  spawnSync('sh', ['-c', `command -v ${command[0]}`]).status === 0 ||
  console.error(`skipped: ${command[0]} is not installed`);

/** Runs a command once; wall and processor seconds, peak memory (MB). */
function once(command) {
  const report = join(scratch, 'time');
  const { status, stderr } = spawnSync(
    '/usr/bin/time',
    ['-f', '%e %U %S %M', '-o', report, ...command],
    { env, stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 1 << 26 },
  );
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`);
  const [wall, user, system, kilobytes] = readFileSync(report, 'utf8')
    .trim()
    .split('\n')
    .at(-1)
    .split(' ')
    .map(Number);
  const { scale = 1 } = command;
  return { wall: wall * scale, cpu: (user + system) * scale, memory: kilobytes / 1024 };
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const medians = (runs) => ({
  wall: median(runs.map(({ wall }) => wall)),
  cpu: median(runs.map(({ cpu }) => cpu)),
  memory: Math.max(...runs.map(({ memory }) => memory)),
});

/** One row: ours and the peer's in turn, then ours on a file four times as large. */
function measure({ name, kind, bytes, peer, most, least, speed }) {
  const file = join(data, `${kind}.log`);
  generateLog(kind, file, bytes * SCALE);
  const other = peer?.(file);
  const hasPeer = other !== undefined && isInstalled(other) === true;
  const own = [];
  const theirs = [];
  for (let run = 0; run < RUNS; run += 1) {
    own.push(once(ir(file)));
    if (hasPeer && (other.scale === undefined || run === 0)) theirs.push(once(other));
  }
  const ours = medians(own);
  const them = hasPeer ? medians(theirs) : undefined;
  const row = { name, ours, them, rate: statSync(file).size / 1e6 / ours.wall, isMet: true };
  if (most !== undefined)
    judge(row, them && ours.wall / them.wall, (ratio) => ratio <= most, `≤ ${most}`);
  if (least !== undefined)
    judge(row, them && them.wall / ours.wall, (ratio) => ratio >= least, `≥ ${least}`);
  if (speed !== undefined) judge(row, row.rate, (rate) => rate >= speed, `≥ ${speed} MB/s`);
  if (BENCH_LARGE !== '0') {
    const large = join(data, `${kind}-4x.log`);
    generateLog(kind, large, 4 * bytes * SCALE);
    row.large = once(ir(large));
    rmSync(large);
  }
  row.isSmall = Math.max(ours.memory, row.large?.memory ?? 0) < MOST_MEMORY;
  console.error(`${name}: ${ours.wall.toFixed(2)} s`);
  return row;
}

function judge(row, value, isMet, wanted) {
  row.wanted = wanted;
  row.value = value?.toFixed(2);
  row.isMet = value === undefined ? undefined : isMet(value);
}

/** Median wall milliseconds of `node -e 0` and `ir --version`, run in turn. */
function startUp() {
  const time = (args) => {
    const before = process.hrtime.bigint();
    spawnSync(process.execPath, args, { env, stdio: 'ignore' });
    return Number(process.hrtime.bigint() - before) / 1e6;
  };
  const runs = Array.from({ length: 25 }, () => [
    time(['-e', '0']),
    time([join(root, 'bin', 'ir.js'), '--version']),
  ]);
  return [0, 1].map((index) => median(runs.map((run) => run[index])));
}

function print(rows, [node, version]) {
  const seconds = (value) => value?.toFixed(2) ?? '';
  const out = [
    '| file | wall s | processor s | MB/s | peer wall s | ratio or speed | wanted | met | peak MB | peak MB, 4 times the size | < 300 MB |',
    '|---|--:|--:|--:|--:|--:|--:|---|--:|--:|---|',
    ...rows.map(
      ({ name, ours, them, rate, value = '', wanted = '', isMet, large, isSmall }) =>
        `| ${name} | ${seconds(ours.wall)} | ${seconds(ours.cpu)} | ${rate.toFixed(0)} | ${seconds(them?.wall)} | ${value} | ${wanted} | ${isMet === undefined ? '?' : isMet ? 'yes' : 'no'} | ${ours.memory.toFixed(0)} | ${large?.memory.toFixed(0) ?? ''} | ${isSmall ? 'yes' : 'no'} |`,
    ),
    '',
    `\`ir --version\` takes ${(version / node).toFixed(2)} times as long as \`node -e 0\` (${version.toFixed(0)} and ${node.toFixed(0)} ms).`,
  ];
  console.log(out.join('\n'));
}

try {
  if (process.argv[2] === 'formats') {
    await import('./formats.js');
    await import('./evtx.js');
  } else if (process.argv[2] === 'search') await import('./search.js');
  else print(CASES.map(measure), startUp());
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
