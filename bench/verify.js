/**
 * How fast `ir verify` goes through a journal: the chains and payloads alone, and all of it (tables, words, the file itself). Processor
 * time, of the built program's modules. Writes `bench/VERIFY.md`; `BENCH_ENTRIES` makes it shorter and writes no file.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const dist = (name) => import(new URL(`../dist/${name}`, import.meta.url));
const { openStore } = await dist('store/open-store.js');
const { createChainCheck } = await dist('incidents/verify-journal.js');
const ENTRIES = Number(process.env.BENCH_ENTRIES ?? 100_000);
const BATCH = 10_000;
const ID = 'a'.repeat(32);
const at = '2026-03-01T12:00:00.000Z';
const folder = mkdtempSync(join(tmpdir(), 'ir-bench-verify-'));

const opened = {
  ...{ key: 'INC-2026-0001', title: 'x', description: '', severity: 'SEV3', type: '' },
  ...{ impact: 'none', urgency: 'none', determination: 'suspected', isDrill: false },
  times: { declared: at },
};
const note = (number) => ({
  text: `note ${number}: ${Math.random().toString(36).slice(2)} on host web${number % 7} is looked at again`,
});

async function timed(work) {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, result };
}

try {
  const store = await openStore(join(folder, '.ir'), { create: true, onClockDoubt() {} });
  const by = { at, actor: 'alex' };
  await store.append(ID, [{ type: 'incident_opened', payload: opened, ...by }]);
  for (let made = 0; made < ENTRIES; made += BATCH) {
    const notes = Array.from({ length: Math.min(BATCH, ENTRIES - made) }, (_, index) => ({
      ...{ type: 'note_added', payload: note(made + index) },
      ...by,
    }));
    await store.append(ID, notes);
  }
  const stored = await store.entries(ID);
  const chains = await timed(async () => {
    const check = createChainCheck();
    for (const entry of stored) check.see(entry);
    return check.result();
  });
  const whole = await timed(() => store.verify());
  await store.close();
  if (chains.result.problem !== undefined || !whole.result.isIntact) throw new Error('not intact');
  const row = (what, { seconds }) =>
    `| ${what} | ${seconds.toFixed(2)} | ${Math.round(stored.length / seconds / 1000) * 1000} |`;
  const text = `# Verifying a journal

\`node bench/verify.js\`: processor time for ${stored.length} entries, notes with other words each.

| what | seconds | entries a second |
| --- | ---: | ---: |
${row('chains and payloads, of entries in memory', chains)}
${row('all: the file, log, chains, payloads, tables, words', whole)}
`;
  process.stdout.write(text);
  if (process.env.BENCH_ENTRIES === undefined)
    writeFileSync(new URL('VERIFY.md', import.meta.url), text);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
