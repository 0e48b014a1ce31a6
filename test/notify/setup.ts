/** An incident and a configuration to tell people with. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openIncident } from '../../src/commands/open-incident.ts';
import { type TestContext, testContext } from '../commands/test-context.ts';

export interface Setup {
  folder: string;
  context: TestContext;
  said: string[];
  configure(channels: object): void;
  remove(): void;
}

export async function setUp(
  tlp = 'CLEAR',
  env: Record<string, string> = {},
  channels: object = {},
): Promise<Setup> {
  const folder = mkdtempSync(join(tmpdir(), 'ir-notify-'));
  const said: string[] = [];
  const all = { XDG_CONFIG_HOME: folder, HOME: folder, ...env };
  const context = {
    ...testContext({ cwd: folder, store: join(folder, '.ir'), env: all }),
    say: (text: string) => void said.push(text),
  };
  const configure = (some: object): void => {
    mkdirSync(join(folder, 'ir'), { recursive: true });
    // JSON is YAML.
    writeFileSync(join(folder, 'ir', 'config.yml'), JSON.stringify({ channels: some }));
  };
  configure(channels);
  await openIncident(context, { title: 'Web shell on web01', severity: 'SEV2', tlp });
  return {
    ...{ folder, context, said, configure },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
