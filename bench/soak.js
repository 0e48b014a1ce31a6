/**
 * Kills `ir act` and `ir undo` (seeded) and asks the next command how each action was found: four of five in the middle, while or
 * just after one of the action's parts runs, the others at any moment from the start on. Writes `bench/SOAK.md`.
 * `SOAK_KILLS` and `SOAK_SEED` change how many and which; exit 1 where a state was unknown.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../bin/ir.js', import.meta.url));
const KILLS = Number(process.env.SOAK_KILLS ?? 50);
const SEED = Number(process.env.SOAK_SEED ?? 1);

/** Each part leaves a mark as it begins, and takes a moment, so that a kill finds it at work. */
const part = (name, text) =>
  `{ script: 'echo ${name} >> "$1.parts"; sleep 0.05; ${text}; sleep 0.05', args: ["{{ path }}"] }`;
const ACTION = `id: mark-file
title: Write a mark into a file
summary: For the soak.
variables: [{ name: path, type: path, description: "File" }]
arguments: [path]
target: "{{ path }}"
risk: change
blast_radius: The file.
collect_first: [${part('collect', 'cat "$1"')}]
snapshot: ${part('snapshot', 'cat "$1"')}
check: { run: ${part('check', 'cat "$1"')}, expect: there is no mark, condition: { no_line: mark } }
run: ${part('run', 'echo mark >> "$1"')}
verify: { run: ${part('verify', 'cat "$1"')}, expect: the mark, condition: { line: mark } }
undo: ${part('undo', 'sed -i "/^mark$/d" "$1"')}
undo_verify: { run: ${part('undo_verify', 'cat "$1"')}, expect: no mark, condition: { no_line: mark } }
`;

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

const folder = mkdtempSync(join(tmpdir(), 'ir-soak-'));
const target = join(folder, 'target');
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  XDG_CONFIG_HOME: join(folder, 'config'),
  XDG_DATA_HOME: join(folder, 'data'),
};
const ir = (...args) =>
  spawnSync(process.execPath, [BIN, ...args], { cwd: folder, env, encoding: 'utf8' });

/** What is in place or did not report back, as the next command tells it. */
function inPlace() {
  const { stdout, stderr, status } = ir('actions', '--json');
  if (status !== 0) throw new Error(`ir actions: ${stderr}`);
  return JSON.parse(stdout).actions;
}

const PARTS = `${target}.parts`;
const partsBegun = () =>
  existsSync(PARTS) ? readFileSync(PARTS, 'utf8').split('\n').length - 1 : 0;

/** Kills it so long after its start, or after so many of its parts have begun. */
async function killed(args, { afterMs, parts = 0 }) {
  rmSync(PARTS, { force: true });
  const child = spawn(process.execPath, [BIN, ...args], { cwd: folder, env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  const watch = setInterval(() => {
    if (partsBegun() < parts) return;
    clearInterval(watch);
    setTimeout(() => child.kill('SIGKILL'), afterMs);
  }, 2);
  const [, signal] = await ended;
  clearInterval(watch);
  // What it had started runs in a group of its own, and ends by itself.
  await new Promise((resolve) => setTimeout(resolve, 150));
  return signal === 'SIGKILL';
}

/** One round: an act or an undo is killed; then it is named, settled and taken back. */
async function round(random, lengths) {
  writeFileSync(target, 'before\n');
  const isUndo = random() < 0.4;
  if (isUndo) {
    const { status, stderr } = ir('act', 'mark-file', target, '--yes');
    if (status !== 0) throw new Error(`ir act: ${stderr}`);
  }
  const no = () => inPlace().at(-1)?.no;
  const args = isUndo ? ['undo', no(), '--yes'] : ['act', 'mark-file', target, '--yes'];
  const { ms, parts } = lengths[isUndo ? 'undo' : 'act'];
  const wasKilled = await killed(
    args,
    random() < 0.8
      ? { parts: 1 + Math.floor(random() * parts), afterMs: 200 * random() }
      : { afterMs: ms * random() },
  );
  const isMarked = readFileSync(target, 'utf8') !== 'before\n';
  const [found] = inPlace();
  const stage = `${isUndo ? 'undo' : 'act'}: ${found === undefined ? 'nothing in the journal' : found.state}`;
  // Marked and named nowhere, or named and not known how it is: that must not be.
  const isKnown =
    found === undefined ? !isMarked : !found.isUnsettled || /\S/.test(found.found ?? '');
  if (found !== undefined) {
    const { status, stderr } = ir('undo', found.no, '--yes', '--confirm', target);
    if (status !== 0) process.stderr.write(`${stage}: ${stderr}`);
  }
  const isBack = readFileSync(target, 'utf8') === 'before\n' && inPlace().length === 0;
  return { stage, wasKilled, isKnown, isBack };
}

/** How long a whole run takes here, and how many parts it has, so that kills hit all of it. */
function measure() {
  writeFileSync(target, 'before\n');
  const timed = (...args) => {
    rmSync(PARTS, { force: true });
    const begun = performance.now();
    ir(...args);
    return { ms: performance.now() - begun, parts: partsBegun() };
  };
  const act = timed('act', 'mark-file', target, '--yes');
  return { act, undo: timed('undo', 'A-001', '--yes') };
}

function table(rounds) {
  const stages = [...new Set(rounds.map(({ stage }) => stage))].sort();
  const rows = stages.map((stage) => {
    const of = rounds.filter((one) => one.stage === stage);
    const count = (name) => of.filter((one) => one[name]).length;
    return `| ${stage} | ${of.length} | ${count('wasKilled')} | ${count('isKnown')} | ${count('isBack')} |`;
  });
  return `# Actions killed at random moments

\`npm run soak\`: \`ir act\` and \`ir undo\` are killed with SIGKILL (${rounds.length} times, seed ${SEED}), four of five while or just after one of the
action's parts runs (collect, check, snapshot, run, verify, undo and its own verify); the next command says how each action was found, and \`ir undo\`
takes back what there is of it.

| killed in, and state in the journal | rounds | killed before the end | state known | taken back |
| --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`;
}

try {
  mkdirSync(join(folder, 'config/ir/actions'), { recursive: true });
  writeFileSync(join(folder, 'config/ir/actions/mark-file.yml'), ACTION);
  ir('open', 'Soak', '--severity', 'SEV3');
  if (!existsSync(join(folder, '.ir'))) throw new Error('no store was made');
  const random = randomFrom(SEED);
  const lengths = measure();
  const rounds = [];
  while (rounds.length < KILLS) rounds.push(await round(random, lengths));
  const text = table(rounds);
  process.stdout.write(text);
  if (process.env.SOAK_KILLS === undefined)
    writeFileSync(new URL('SOAK.md', import.meta.url), text);
  if (rounds.some(({ isKnown, isBack }) => !isKnown || !isBack)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
