// `npm run bench`: times `ir timeline` and, where they are installed, other tools on the same files.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateLog } from './generate.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const data = join(root, 'bench', 'data');
const ir = [process.execPath, join(root, 'bin', 'ir.js')];
const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const FAIL2BAN_LINES = 200_000;
const scratch = join(tmpdir(), `ir-bench-${process.pid}`);
mkdirSync(scratch, { recursive: true });

const access = join(data, 'access.log');
const large = join(data, 'access-4x.log');
const auth = join(data, 'auth.log');
const authHead = join(data, 'auth-head.log');
console.error('writing logs...');
generateLog('access', access, 250e6);
generateLog('access', large, 1000e6);
const authLines = generateLog('auth', auth, 160e6) || countLines(auth);
writeFileSync(authHead, headOf(auth, FAIL2BAN_LINES));

const env = { ...process.env, CI: '1', NO_COLOR: '1' };
const rows = [];

/** Runs a command RUNS times; wall seconds and peak memory (MB) of the median run. */
function measure(label, file, command, { scale = 1, runs = RUNS, allow = [0] } = {}) {
  if (spawnSync('sh', ['-c', `command -v ${command[0]}`]).status !== 0) {
    console.error(`skipped: ${command[0]} is not installed`);
    return undefined;
  }
  const report = join(scratch, 'time');
  const results = [];
  for (let run = 0; run < runs; run += 1) {
    const { status, stderr } = spawnSync(
      '/usr/bin/time',
      ['-f', '%e %M', '-o', report, ...command],
      {
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
        maxBuffer: 1 << 26,
      },
    );
    if (!allow.includes(status)) {
      console.error(`${label} ended with ${status}: ${String(stderr).slice(0, 300)}`);
      return undefined;
    }
    const [wall, kilobytes] = readFileSync(report, 'utf8')
      .trim()
      .split('\n')
      .at(-1)
      .split(' ')
      .map(Number);
    results.push({ wall: wall * scale, memory: kilobytes / 1024 });
  }
  results.sort((a, b) => a.wall - b.wall);
  const middle = results[Math.floor(results.length / 2)];
  const megabytes = statSync(file).size / 1e6;
  const row = { label, file, ...middle, speed: megabytes / middle.wall };
  rows.push(row);
  console.error(`${label}: ${middle.wall.toFixed(2)} s`);
  return row;
}

const irAccess = measure('ir timeline (all rules)', access, [...ir, 'timeline', access]);
const lnav = measure('lnav count(*)', access, [
  'lnav',
  '-n',
  '-c',
  ';select count(*) from access_log',
  access,
]);
const goaccess = measure(
  'goaccess -o out.json',
  access,
  ['goaccess', access, '--log-format=COMBINED', '-o', join(scratch, 'out.json'), '--no-progress'],
  { runs: 1 },
);
measure('rg -c', access, ['rg', '-c', 'UNION', access], { allow: [0, 1] });
const irLarge = measure('ir timeline (4x the file)', large, [...ir, 'timeline', large], {
  runs: 1,
});
const irAuth = measure('ir timeline (all rules)', auth, [...ir, 'timeline', auth]);
const fail2ban = measure(
  `fail2ban-regex (${FAIL2BAN_LINES.toLocaleString('en')} lines, scaled)`,
  auth,
  ['fail2ban-regex', authHead, '/etc/fail2ban/filter.d/sshd.conf'],
  { scale: authLines / FAIL2BAN_LINES, runs: 1 },
);
measure('rg -c', auth, ['rg', '-c', 'Failed password', auth], { allow: [0, 1] });

const start = startUp();
print();
rmSync(scratch, { recursive: true, force: true });

/** Median wall milliseconds of `node -e 0` and `ir --version`, run in turn. */
function startUp() {
  const once = (args) => {
    const before = process.hrtime.bigint();
    spawnSync(process.execPath, args, { env, stdio: 'ignore' });
    return Number(process.hrtime.bigint() - before) / 1e6;
  };
  const node = [];
  const version = [];
  for (let run = 0; run < 25; run += 1) {
    node.push(once(['-e', '0']));
    version.push(once([ir[1], '--version']));
  }
  const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
  return { node: median(node), version: median(version) };
}

function print() {
  const out = ['| command | file | wall s | MB/s | peak MB |', '|---|---|---:|---:|---:|'];
  for (const { label, file, wall, speed, memory } of rows) {
    out.push(
      `| ${label} | ${file.slice(data.length + 1)} | ${wall.toFixed(2)} | ${speed.toFixed(0)} | ${memory.toFixed(0)} |`,
    );
  }
  out.push('', '| ratio | measured | wanted |', '|---|---:|---:|');
  const ratio = (name, value, wanted) => out.push(`| ${name} | ${value} | ${wanted} |`);
  if (irAccess && lnav)
    ratio('ir / lnav, access log', (irAccess.wall / lnav.wall).toFixed(2), '≤ 1');
  if (irAccess && goaccess)
    ratio('goaccess / ir, access log', (goaccess.wall / irAccess.wall).toFixed(1), '≥ 10');
  if (irAuth && fail2ban)
    ratio('fail2ban-regex / ir, auth log', (fail2ban.wall / irAuth.wall).toFixed(0), '≥ 30');
  if (irAccess && irLarge)
    ratio(
      'peak memory, MB: 250 MB and 1 GB',
      `${irAccess.memory.toFixed(0)} and ${irLarge.memory.toFixed(0)}`,
      '< 400',
    );
  if (irAuth) ratio('peak memory, MB: auth log', irAuth.memory.toFixed(0), '< 400');
  ratio(
    'ir --version / node -e 0',
    `${(start.version / start.node).toFixed(2)} (${start.version.toFixed(0)} / ${start.node.toFixed(0)} ms)`,
    '≤ 1.6',
  );
  console.log(out.join('\n'));
}

function countLines(path) {
  return Number(spawnSync('wc', ['-l', path], { encoding: 'utf8' }).stdout.trim().split(' ')[0]);
}

function headOf(path, lines) {
  return spawnSync('head', ['-n', String(lines), path], { maxBuffer: 1 << 28 }).stdout;
}
