// `npm run bench -- search`: `ir grep` and `ir stats` beside ripgrep, lnav, GoAccess and `ir timeline`, into bench/SPEED.md.
// Where the machine is busy, processor time says more than the clock: both are in the table, the least of all runs.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateLog } from './generate.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const TABLE = new URL('SPEED.md', import.meta.url);
const { BENCH_RUNS = '5', BENCH_SCALE = '1', BENCH_RG = 'rg', BENCH_ONLY = '' } = process.env;
const [RUNS, SCALE] = [Number(BENCH_RUNS), Number(BENCH_SCALE)];
const IR = [process.execPath, join(root, 'bin', 'ir.js')];
const scratch = mkdtempSync(join(tmpdir(), 'ir-bench-'));
const env = { ...process.env, CI: '1', NO_COLOR: '1' };

const file = (kind, bytes) => {
  const path = join(root, 'bench', 'data', `${kind}-${Math.round(bytes / 1e6)}.log`);
  generateLog(kind, path, bytes * SCALE);
  return path;
};
const large = file('access-all', 1e9);
const small = file('access-all', 250e6);

/** A path that occurs once, from the middle of the file. */
const once =
  spawnSync('sh', ['-c', `tail -c ${Math.floor(statSync(large).size / 2)} ${large} | sed -n 2p`], {
    encoding: 'utf8',
  })
    .stdout.split('"')[1]
    ?.split(' ')[1] ?? '';

/** Ours, and what it is held against; `most` is the ratio that is wanted. */
const ROWS = [
  {
    name: '`ir grep -F`, one hit, 1 GB',
    ours: ['grep', '-F', once, large],
    peer: [BENCH_RG, '-F', '-n', '--', once, large],
    most: 3,
  },
  {
    name: '`ir grep -F`, 2 % of the lines, 1 GB',
    ours: ['grep', '-F', '" 404 ', large],
    peer: [BENCH_RG, '-F', '-n', '--', '" 404 ', large],
    most: 3,
  },
  {
    name: '`ir grep --where`, 250 MB',
    ours: ['grep', '--where', 'http.response.status_code = 404', small],
    peer: [...IR, 'timeline', small],
    most: 1,
  },
  {
    name: '`ir stats --by` status, 250 MB',
    ours: ['stats', small, '--by', 'http.response.status_code'],
    peer: [...IR, 'timeline', small],
    most: 1.3,
  },
  {
    name: '`ir stats --by` address, a million of them',
    ours: ['stats', small, '--by', 'source.ip'],
    peer: [...IR, 'timeline', small],
    most: 1.3,
  },
  {
    name: 'the same beside lnav',
    ours: ['stats', small, '--by', 'source.ip'],
    peer: [
      'lnav',
      '-n',
      '-c',
      ';select c_ip, count(*) from access_log group by c_ip order by 2 desc limit 10',
      small,
    ],
  },
  {
    name: 'the same beside GoAccess',
    ours: ['stats', small, '--by', 'source.ip'],
    peer: [
      'goaccess',
      small,
      '--log-format=COMBINED',
      '-o',
      join(scratch, 'out.json'),
      '--no-progress',
    ],
  },
];

/** Runs a command once through a pipe, as ripgrep stops early where nobody reads. */
function time(command) {
  const report = join(scratch, 'time');
  const { status } = spawnSync(
    'sh',
    [
      '-c',
      '"$@" | cat > /dev/null',
      'sh',
      '/usr/bin/time',
      '-f',
      '%e %U %S',
      '-o',
      report,
      ...command,
    ],
    { env, stdio: 'ignore' },
  );
  const [wall, user, system] = readFileSync(report, 'utf8')
    .trim()
    .split('\n')
    .at(-1)
    .split(' ')
    .map(Number);
  const isFailed = /non-zero status [2-9]|signal/.test(readFileSync(report, 'utf8'));
  if (status !== 0 || isFailed || Number.isNaN(wall))
    throw new Error(`${command.join(' ')} failed`);
  return { wall, cpu: user + system };
}

const least = (runs) => ({
  wall: Math.min(...runs.map(({ wall }) => wall)),
  cpu: Math.min(...runs.map(({ cpu }) => cpu)),
});
const isInstalled = ([name]) => spawnSync('sh', ['-c', `command -v "${name}"`]).status === 0;

function measure({ name, ours, peer, most }) {
  const hasPeer = isInstalled(peer);
  const [own, theirs] = [[], []];
  for (let run = 0; run < RUNS; run += 1) {
    own.push(time([...IR, ...ours]));
    if (hasPeer) theirs.push(time(peer));
  }
  console.error(name);
  return { name, own: least(own), them: hasPeer ? least(theirs) : undefined, most };
}

/** Milliseconds until the first byte of the output: of the clock, and of `node` that only prints. */
async function firstByte(command) {
  const times = [];
  for (let run = 0; run < 2 * RUNS + 1; run += 1) {
    const start = performance.now();
    const child = spawn(command[0], command.slice(1), { env, stdio: ['ignore', 'pipe', 'ignore'] });
    times.push(
      await new Promise((done) => child.stdout.once('data', () => done(performance.now() - start))),
    );
    child.kill();
  }
  return Math.min(...times).toFixed(0);
}

const seconds = (value) => value?.toFixed(2) ?? '';
const ratio = (a, b) => (b === undefined || b === 0 ? '' : (a / b).toFixed(2));

try {
  const rows = ROWS.filter(({ name }) => name.includes(BENCH_ONLY)).map(measure);
  const address = readFileSync(small, 'latin1').slice(0, 15).split(' ')[0];
  const first = await firstByte([...IR, 'grep', '-F', address, large]);
  const node = await firstByte([process.execPath, '-e', 'console.log(1)']);
  const text = [
    '## Search and counts',
    '',
    `Made by \`npm run bench -- search\` on ${cpus().length} cores, load ${loadavg()[0].toFixed(0)} when it ended; the least of ${RUNS} runs in turn. The peer is ripgrep,`,
    "`ir timeline` on the same file, lnav or GoAccess. Ratios are ours to the peer's.",
    '',
    '| what | wall s | processor s | peer wall s | peer processor s | ratio, wall | ratio, processor | wanted |',
    '|---|--:|--:|--:|--:|--:|--:|--:|',
    ...rows.map(
      ({ name, own, them, most }) =>
        `| ${name} | ${seconds(own.wall)} | ${seconds(own.cpu)} | ${seconds(them?.wall)} | ${seconds(them?.cpu)} | ${ratio(own.wall, them?.wall)} | ${ratio(own.cpu, them?.cpu)} | ${most === undefined ? '' : `≤ ${most}`} |`,
    ),
    '',
    `The first line of \`ir grep -F\` came after ${first} ms where it stands at the beginning of 1 GB (wanted: 200); \`node -e\` alone printed after ${node} ms.`,
    '',
  ].join('\n');
  console.log(text);
  if (SCALE === 1 && BENCH_ONLY === '') {
    const before = readFileSync(TABLE, 'utf8')
      .split(/^## Search and counts$/m)[0]
      .trimEnd();
    writeFileSync(TABLE, `${before}\n\n${text}`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
