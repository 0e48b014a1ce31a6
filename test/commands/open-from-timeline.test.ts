import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenOptions, openIncident } from '../../src/commands/open-incident.ts';
import { timeline } from '../../src/commands/timeline.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view } from '../../src/terminal/views/open-incident.ts';
import { testContext } from './test-context.ts';

const SHELL =
  '203.0.113.7 - - [01/Mar/2026:08:00:00 +0000] "GET /uploads/a.php?cmd=id HTTP/1.1" 200 5 "-" "curl/8"\n';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-open-timeline-'));
  writeFileSync(join(cwd, 'access.log'), SHELL.repeat(3));
});

afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const open = (options: OpenOptions = {}) =>
  openIncident(testContext({ cwd }), { fromTimeline: ['access.log'], ...options });

describe('open --from-timeline', () => {
  it('gives the reasons of what it proposed and nobody changed', async () => {
    const { incident, timeline: read } = await open();
    expect(incident.type).toBe('web-compromise');
    expect(read?.proposal.reasons.join('\n')).toMatch(/Playbook web-compromise.*\nSEV\d.*\nBegan /);
  });

  it('gives no reason for a playbook, severity or time that the user chose otherwise', async () => {
    const { timeline: read } = await open({
      type: 'ddos',
      severity: 'SEV4',
      occurredAt: '2026-03-01T07:00:00Z',
    });
    expect(read?.proposal).toMatchObject({ type: 'web-compromise', reasons: [] });
  });

  it('shows the reasons before it asks', async () => {
    const said: string[] = [];
    const answers = {
      'ir open "TITLE"': 'Shell',
      '--severity': 'SEV2',
      '--impact': 'low',
      '--urgency': 'high',
      '--type': 'ddos',
      '--detected-at': '30m',
    };
    const context = { ...testContext({ cwd, answers }), say: (text: string) => said.push(text) };
    await openIncident(context, { fromTimeline: ['access.log'] });
    expect(said.join('\n')).toMatch(/The logs propose:\n {2}Playbook web-compromise/);
  });

  it('opens nothing when no path could be read', async () => {
    await expect(open({ fromTimeline: ['acess.log', 'auth.log'] })).rejects.toMatchObject({
      exit: 4,
      message: 'no log could be read: acess.log: no such file or folder, and 1 more',
    });
    expect(existsSync(join(cwd, '.ir'))).toBe(false);
  });

  it('names the paths that could not be read beside those that could', async () => {
    const result = await open({ fromTimeline: ['access.log', 'auth.log'] });
    expect(result.timeline).toMatchObject({
      unreadable: 1,
      problems: [{ path: 'auth.log', problem: 'no such file or folder' }],
    });
    expect(view.text(result, createStyle({}, 'never', {}))).toContain(
      '    auth.log: no such file or folder\n',
    );
  });
});

it('timeline refuses a folder of rules that is not there before it reads', async () => {
  const run = timeline(testContext({ cwd }), ['access.log'], { rules: ['ruels'] });
  await expect(run).rejects.toMatchObject({
    exit: 2,
    message: expect.stringContaining('"ruels"') as string,
  });
});
