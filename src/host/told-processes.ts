/** The processes of another machine, as its `ps` and the links of its `/proc` tell of them. */
import type { Ledger } from './check-ledger.ts';
import type { Machine } from './machine.ts';
import type { ProcessFacts } from './processes.ts';

const LIMITS = { timeoutMs: 60_000, textBytes: 16_000_000 };
const PS = ['ps', '-e', '-ww', '-o', 'pid=,ppid=,uid=,lstart=,args='];
/** `Mon Nov 30 21:37:11 2026`: what runs over ssh runs in UTC and in the plain locale. */
const PROCESS = /^ *(\d+) +(\d+) +(\d+) +\w{3} (\w{3} +\d+ [\d:]{8} \d{4}) (.*)$/;
const PROGRAMS = [
  ...['find', '/proc', '-mindepth', '2', '-maxdepth', '2', '-name', 'exe'],
  ...['-printf', '%h\\0%l\\0'],
];
const DELETED = ' (deleted)';

/** Processes by number; none, and said so, where they are not told. */
export async function toldProcesses(
  machine: Machine,
  ledger: Pick<Ledger, 'unseen'>,
): Promise<ReadonlyMap<number, ProcessFacts>> {
  const { stdout, failure, exitCode } = await machine.run(PS, LIMITS);
  machine.signal.throwIfAborted();
  const found = readPs(stdout.text, await toldPrograms(machine));
  if (found.size === 0)
    ledger.unseen({ what: 'processes', why: failure ?? `ps: exit code ${exitCode}` });
  return found;
}

/** What `ps` printed. */
export function readPs(
  text: string,
  programs: ReadonlyMap<number, string>,
): Map<number, ProcessFacts> {
  const found = new Map<number, ProcessFacts>();
  for (const line of text.split('\n')) {
    const [, pid, parent, uid, started, command = ''] = PROCESS.exec(line) ?? [];
    if (pid === undefined) continue;
    const program = programs.get(Number(pid));
    const isDeleted = program?.endsWith(DELETED) === true;
    const name = command.split(' ', 1)[0]?.split('/').at(-1) ?? '';
    found.set(Number(pid), {
      ...{ pid: Number(pid), parent: Number(parent), uid: Number(uid), name: name.slice(0, 15) },
      command: command.slice(0, 4096),
      program: isDeleted ? program.slice(0, -DELETED.length) : program,
      ...{ isDeleted, startedMs: Date.parse(`${started} UTC`), network: undefined },
    });
  }
  return found;
}

async function toldPrograms(machine: Machine): Promise<ReadonlyMap<number, string>> {
  const { stdout } = await machine.run(PROGRAMS, LIMITS);
  machine.signal.throwIfAborted();
  const fields = stdout.text.split('\0');
  const programs = new Map<number, string>();
  for (let at = 0; at + 1 < fields.length; at += 2)
    programs.set(Number(fields[at]?.slice('/proc/'.length)), fields[at + 1] ?? '');
  return programs;
}
