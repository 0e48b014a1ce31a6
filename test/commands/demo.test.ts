import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ask } from '../../src/commands/context.ts';
import { demo } from '../../src/commands/demo.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { showIncident } from '../../src/commands/show-incident.ts';
import { testContext } from './test-context.ts';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-demo-test-'));
});

afterEach(() => rmSync(cwd, { recursive: true, force: true }));

/** An hour of guessing over SSH that ends in a login. */
function writeAuthLog(): string {
  const line = (second: number, text: string): string =>
    `2026-03-01T09:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}.000000+00:00 web01 sshd[${700 + second}]: ${text}\n`;
  const failed = Array.from({ length: 60 }, (_, index) =>
    line(index * 5, `Failed password for deploy from 203.0.113.7 port ${4000 + index} ssh2`),
  );
  const path = join(cwd, 'auth.log');
  writeFileSync(
    path,
    failed.join('') + line(310, 'Accepted password for deploy from 203.0.113.7 port 5000 ssh2'),
  );
  return path;
}

describe('ir open --from-timeline', () => {
  it('proposes from what the logs show, and saves it', async () => {
    const context = testContext({ cwd });
    const { incident, timeline } = await openIncident(context, { fromTimeline: [writeAuthLog()] });
    expect(incident).toMatchObject({ type: 'ssh-brute-force', severity: 'SEV2', urgency: 'high' });
    expect(incident.title).toMatch(/203\.0\.113\.7/);
    expect(incident.times.occurred).toMatch(/^2026-03-01T09:0/);
    expect(timeline?.saved.findings).toBeGreaterThan(0);
    const { findings, sources } = await showIncident(context);
    expect(findings.length).toBe(timeline?.saved.findings);
    expect(sources.map(({ evidenceNo }) => evidenceNo)).toEqual(['E-001']);
  });

  it('lets flags win, and saves into the new incident whatever --incident says', async () => {
    const context = testContext({ cwd });
    await openIncident(context, { title: 'Other' });
    const other = {
      ...testContext({ cwd, incident: 'INC-2026-0001' }),
      randomId: context.randomId,
    };
    const fromTimeline = [writeAuthLog()];
    const { incident } = await openIncident(other, {
      title: 'Mine',
      severity: 'SEV4',
      type: 'ddos',
      fromTimeline,
    });
    expect(incident).toMatchObject({ title: 'Mine', severity: 'SEV4', type: 'ddos' });
    expect((await showIncident(context, incident.key)).findings.length).toBeGreaterThan(0);
    expect((await showIncident(context, 'INC-2026-0001')).findings).toEqual([]);
  });

  it('offers the proposals as defaults where somebody can be asked', async () => {
    const asked: string[] = [];
    const initial = async <T>({
      flag,
      initial,
    }: {
      flag: string;
      initial?: unknown;
    }): Promise<T> => {
      asked.push(flag);
      // When it was detected is the one question without a proposal.
      return (initial ?? 'unknown') as T;
    };
    const ask = {
      isPossible: true,
      text: initial,
      select: initial,
      key: initial,
      confirm: initial,
      edit: initial,
    } as unknown as Ask;
    const context = { ...testContext({ cwd }), ask };
    const { incident } = await openIncident(context, { fromTimeline: [writeAuthLog()] });
    expect(incident).toMatchObject({ type: 'ssh-brute-force', severity: 'SEV2', urgency: 'high' });
    expect(incident.times.detected).toBeUndefined();
    expect(asked).toEqual(
      expect.arrayContaining(['--severity', '--type', '--urgency', '--impact']),
    );
  });

  it('counts what cannot be read', async () => {
    const context = testContext({ cwd });
    writeFileSync(join(cwd, 'quiet.log'), '');
    const { timeline, incident } = await openIncident(context, {
      fromTimeline: [join(cwd, 'quiet.log'), join(cwd, 'nothing.log')],
    });
    expect(timeline?.unreadable).toBe(1);
    expect(incident.severity).toBe('SEV4');
  });
});

describe('ir demo', () => {
  it('does the whole job, twice, and keeps what is not its own', async () => {
    const context = { ...testContext({ cwd }), now: () => new Date('2026-11-24T12:00:00Z') };
    const first = await demo(context, { workers: '0' });
    const folder = join(cwd, 'ir-demo');
    expect(first.opened.incident).toMatchObject({
      severity: 'SEV1',
      type: 'data-exfiltration',
      isDrill: true,
    });
    const text = readFileSync(join(folder, 'postmortem.md'), 'utf8');
    expect(text).toMatch(/^> \*\*Drill\.\*\*/);
    // A finished one: the response was played to its end, simulated, and nothing is left in place.
    expect(first.report.questions).toEqual([]);
    expect(text).not.toMatch(/^> \*\*Question:\*\*/m);
    expect(text).toContain('submitted in time');
    expect(first.response.steps).toBeGreaterThan(40);
    const inFolder = testContext({ cwd: folder, store: join(folder, '.ir') });
    const shown = await showIncident(inFolder);
    expect([shown.incident.status, shown.incident.phase]).toEqual(['closed', 'post_incident']);
    const inPlace = shown.actions?.filter(
      ({ state, irreversible }) => irreversible === undefined && state === 'verified',
    );
    expect(inPlace).toEqual([]);
    expect(shown.actions).toHaveLength(5);
    expect(shown.actions?.every(({ host }) => host.endsWith('(simulated)'))).toBe(true);
    expect(first.timeline.timeline.findings.length).toBeGreaterThan(10);
    expect(first.next.length).toBeGreaterThan(4);
    writeFileSync(join(folder, 'mine.txt'), 'keep');
    const again = await demo(context, { workers: '0' });
    expect(again.opened.incident.key).toBe('INC-2026-0001');
    expect(readFileSync(join(folder, 'mine.txt'), 'utf8')).toBe('keep');
  }, 120_000);

  it('refuses a folder that is not its own, and touches nothing', async () => {
    const context = testContext({ cwd });
    mkdirSync(join(cwd, 'case', 'logs'), { recursive: true });
    writeFileSync(join(cwd, 'case', 'logs', 'auth.log'), 'evidence');
    await expect(demo(context, { out: 'case' })).rejects.toMatchObject({ exit: 6 });
    symlinkSync(join(cwd, 'case'), join(cwd, 'link'));
    await expect(demo(context, { out: 'link' })).rejects.toMatchObject({ exit: 6 });
    writeFileSync(join(cwd, 'file'), 'x');
    await expect(demo(context, { out: 'file' })).rejects.toMatchObject({ exit: 6 });
    expect(readFileSync(join(cwd, 'case', 'logs', 'auth.log'), 'utf8')).toBe('evidence');
    expect(existsSync(join(cwd, 'case', '.ir-demo'))).toBe(false);
  });
});
