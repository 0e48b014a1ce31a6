/**
 * The journal of systemd, through `journalctl --follow`: each entry a line of JSON in a feed. The cursor of the last one that is
 * written says where to go on. @see systemd.journal-fields(7), journalctl(1)
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Feed } from './feed.ts';
import { endingFramer } from './frames.ts';

/** What is run, and who hears of it. */
export interface JournalOptions {
  feed: Feed;
  /** Where to begin without a cursor: what `--since` of journalctl takes; absent: now. */
  since?: string | undefined;
  /** The program and what comes before its options; for tests. */
  argv?: readonly string[];
  say(text: string): void;
}

const AGAIN_MS = 2000;

/** Follows until it is closed; where journalctl ends or is not there, it is tried again. */
export function followJournal(options: JournalOptions): { close(): void } {
  const { feed, say, argv = ['journalctl'] } = options;
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let said = '';
  const sayOnce = (text: string): void => {
    if (text === said) return;
    said = text;
    say(text);
  };
  const begin = (): void => {
    const cursor = cursorOf(feed.lastLine());
    const from =
      cursor === undefined
        ? options.since === undefined
          ? ['--lines=0']
          : [`--since=${options.since}`, '--no-tail']
        : [`--cursor=${cursor}`, '--no-tail'];
    const [program = '', ...first] = argv;
    const args = [...first, '--follow', '--output=json', '--all', ...from];
    child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
    });
    const framer = endingFramer(10);
    let awaited = cursor;
    let complaint = '';
    let isEnded = false;
    child.stdout?.on('data', (bytes: Buffer) => {
      try {
        let lines = framer.push(bytes);
        if (lines.length > 0 && awaited !== undefined) {
          // The entry that is known comes first; where it is gone, what is nearest to it.
          if (cursorOf(lines[0]) === awaited) lines = lines.slice(1);
          else sayOnce('the journal has dropped entries that were not read: some may be missing');
          awaited = undefined;
        }
        feed.write(lines);
        if (lines.length > 0) said = '';
      } catch (error) {
        sayOnce(`the journal: ${(error as Error).message}`);
        child?.kill();
      }
    });
    child.stderr?.on('data', (bytes: Buffer) => {
      complaint = bytes.toString('utf8').trim().slice(0, 300);
    });
    const ended = (why: string): void => {
      if (isClosed || isEnded) return;
      isEnded = true;
      sayOnce(`the journal cannot be followed: ${why}. It is tried again.`);
      clearTimeout(timer);
      timer = setTimeout(begin, AGAIN_MS);
    };
    child.on('error', (error) => ended(error.message));
    child.on('close', (code) => ended(complaint || `journalctl ended with ${code}`));
  };
  begin();
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
      child?.kill();
    },
  };
}

function cursorOf(line: string | undefined): string | undefined {
  return /"__CURSOR"\s*:\s*"([^"]+)"/.exec(line ?? '')?.[1];
}
