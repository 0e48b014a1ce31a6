/**
 * How fast `ir status`, `ir list`, `ir search` and others answer over a store in which years of work lie: 200,000 notes, 5,000
 * indicators, 300 incidents. Processor time and wall time of the built program, its start included. Writes `bench/STORE.md`;
 * `BENCH_NOTES=2000` is short and writes no file, `BENCH_STORE=FOLDER` keeps the store there and takes one that is there.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const dist = (name) => import(new URL(`../dist/${name}`, import.meta.url));
const { openStore } = await dist('store/open-store.js');
const NOTES = Number(process.env.BENCH_NOTES ?? 200_000);
const RUNS = Number(process.env.BENCH_RUNS ?? 9);
const INCIDENTS = 300;
const INDICATORS = 5000;
const BATCH = 5000;
const at = new Date(Date.now() - 3_600_000).toISOString();
const by = { at, actor: 'alex' };

const idOf = (number) => String(number).padStart(32, '0');
const opened = (number) => ({
  type: 'incident_opened',
  payload: {
    ...{
      key: `INC-2026-${String(number).padStart(4, '0')}`,
      title: `Case ${number}`,
      description: '',
    },
    ...{ severity: 'SEV3', type: '', impact: 'none', urgency: 'none', determination: 'suspected' },
    ...{ isDrill: false, times: { declared: at } },
  },
  ...by,
});
const note = (number) => ({
  type: 'note_added',
  payload: {
    text: `note ${number}: ${(number * 7919).toString(36)} on host web${number % 7} is looked at again`,
  },
  ...by,
});
const indicator = (number) => ({
  type: 'indicator_added',
  payload: {
    ...{ id: String(number).padStart(32, 'b'), type: 'ipv4', source: 'a feed' },
    value: `198.18.${number >> 8}.${number & 255}`,
  },
  ...by,
});

/** Half of the notes and all indicators lie in the newest incident, which is the current one. */
async function fill(folder) {
  const store = await openStore(folder, { create: true, onClockDoubt() {} });
  for (let number = 1; number <= INCIDENTS; number += 1) {
    const own = number === INCIDENTS ? NOTES / 2 : NOTES / 2 / (INCIDENTS - 1);
    const from = Math.round(((number - 1) * NOTES) / 2 / (INCIDENTS - 1));
    const notes = Array.from({ length: Math.round(own) }, (_, index) => note(from + index));
    const entries = [opened(number), ...notes];
    if (number === INCIDENTS)
      entries.push(...Array.from({ length: INDICATORS }, (_, index) => indicator(index)));
    for (let done = 0; done < entries.length; done += BATCH)
      await store.append(idOf(number), entries.slice(done, done + BATCH));
  }
  await store.close();
}

const COMMANDS = [
  ['status'],
  ['list'],
  ['search', 'web3', 'looked'],
  ['search', 'nothinglikethis'],
  ['search', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['actions'],
  ['task', 'list'],
  ['ioc', 'list'],
  ['--version'],
];

/** `time` of the child, by GNU time. */
function measure(argv, folder) {
  const report = join(scratch, 'time');
  const ir = new URL('../bin/ir.js', import.meta.url).pathname;
  const runs = Array.from({ length: RUNS }, () => {
    const command = [process.execPath, ir, ...argv, '--store', folder];
    const { status, stderr } = spawnSync(
      '/usr/bin/time',
      ['-f', '%e %U %S', '-o', report, '--', ...command],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    if (status !== 0) throw new Error(`ir ${argv.join(' ')}: ${stderr}`);
    const [wall, user, system] = readFileSync(report, 'utf8').trim().split(' ').map(Number);
    return { wall: wall * 1000, work: (user + system) * 1000 };
  });
  const median = (name) => runs.map((run) => run[name]).toSorted((a, b) => a - b)[RUNS >> 1];
  return { wall: Math.round(median('wall')), work: Math.round(median('work')) };
}

const scratch = mkdtempSync(join(tmpdir(), 'ir-bench-store-'));
try {
  const folder = process.env.BENCH_STORE ?? join(scratch, '.ir');
  if (!existsSync(folder)) await fill(folder);
  const rows = COMMANDS.map((argv) => {
    const { wall, work } = measure(argv, folder);
    return `| \`ir ${argv.join(' ')}\` | ${work} | ${wall} |`;
  });
  const text = `# Asking a store in which years lie

\`node bench/store.js\`: ${NOTES} notes (half of them in the current incident), ${INDICATORS} indicators there, ${INCIDENTS} incidents;
the middle of ${RUNS} runs of each, start of the program included. How much of the store a command reads is held by \`test/store/work.test.ts\`.

| command | processor ms | wall ms |
| --- | ---: | ---: |
${rows.join('\n')}
`;
  process.stdout.write(text);
  if (process.env.BENCH_NOTES === undefined)
    writeFileSync(new URL('STORE.md', import.meta.url), text);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
