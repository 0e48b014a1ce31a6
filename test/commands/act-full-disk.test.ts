/** Actions where the disk is full: of what they change, and of the store that has to know of it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { act } from '../../src/commands/act.ts';
import { listActions, undoActions } from '../../src/commands/actions.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { verifyJournal } from '../../src/commands/verify-journal.ts';
import { sayOnlyRoot } from '../needs.ts';
import { type TestContext, testContext } from './test-context.ts';

const isRoot = process.getuid?.() === 0 || sayOnlyRoot('actions on a full disk');
const KEY = `AAAAC3NzaC1lZDI1NTE5AAAAI${'b'.repeat(43)}`;

describe.runIf(isRoot)('a full disk', () => {
  let folder: string;
  let context: TestContext;
  let mounted: string;
  const mount = (name: string, size: string): void => {
    mounted = join(folder, name);
    mkdirSync(mounted, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', mounted]);
  };
  /** Takes all that is left; removed, it gives it back. */
  const fill = (): string => {
    const ballast = join(mounted, 'ballast');
    const { bavail, bsize } = statfsSync(mounted);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize));
    return ballast;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ir-full-'));
    const env = { XDG_CONFIG_HOME: join(folder, 'config'), PATH: process.env['PATH'] ?? '' };
    context = testContext({ cwd: folder, env });
  });
  afterEach(() => {
    execFileSync('umount', [mounted]);
    rmSync(folder, { recursive: true, force: true });
  });
  const inPlace = async () => (await listActions(context, {})).result.actions;

  it('of the target keeps the file whole; the action is named as what failed, and taken back', async () => {
    await openIncident(context, { title: 'x', severity: 'SEV3' });
    mount('keys', '64k');
    const file = join(mounted, 'authorized_keys');
    const text = `ssh-ed25519 ${KEY} eve\n${'# a long line\n'.repeat(600)}`;
    writeFileSync(file, text);
    const ballast = fill();
    const { result, exit } = await act(context, 'revoke-ssh-key', [file, KEY], { yes: true });
    expect(exit).not.toBe(undefined);
    expect(result.report?.state).not.toBe('verified');
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(JSON.stringify(result.report)).toMatch(/No space left/);
    rmSync(ballast);
    const named = await inPlace();
    for (const { no } of named) await undoActions(context, no, { yes: true, confirm: file });
    expect(readFileSync(file, 'utf8')).toBe(text);
    const again = await act(context, 'revoke-ssh-key', [file, KEY], { yes: true });
    expect(again.result.report?.state).toBe('verified');
  });

  it('of the store lets nothing run that nobody would know of', async () => {
    mount('.ir', '3m');
    await openIncident(context, { title: 'x', severity: 'SEV3' });
    const file = join(folder, 'authorized_keys');
    const text = `ssh-ed25519 ${KEY} eve\n# mine\n`;
    writeFileSync(file, text);
    const ballast = fill();
    await expect(act(context, 'revoke-ssh-key', [file, KEY], { yes: true })).rejects.toMatchObject({
      exit: 7,
      message: expect.stringMatching(/^the store .* cannot (grow|be opened|be read or written)/),
    });
    expect(readFileSync(file, 'utf8')).toBe(text);
    rmSync(ballast);
    expect((await verifyJournal(context, {})).isIntact).toBe(true);
    for (const action of await inPlace()) expect(action.state).not.toBe('verified');
  });
});
