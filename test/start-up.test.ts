/** What a short run loads: a library that it does not need takes longer to load than all that it does. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt, runIr } from './program.ts';

let folder: string;
/** Says at the end which packages were loaded besides what the build joined. */
const HOOK = `process.on('exit', () => {
  const names = Object.keys(require.cache).flatMap((path) => /.*node_modules.([^/\\\\]+)/.exec(path)?.[1] ?? []);
  process.stderr.write('loaded: ' + [...new Set(names)].sort().join(' ') + '\\n');
});
`;
const LINE =
  '192.0.2.1 - - [24/Nov/2026:10:00:01 +0000] "GET /a HTTP/1.1" 200 12 "-" "agent/1.0"\n';

beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir-start-'));
  writeFileSync(join(folder, 'hook.cjs'), HOOK);
  writeFileSync(join(folder, 'access.log'), LINE);
  writeFileSync(join(folder, 'rules.yml'), 'title: one\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RUNS: readonly (readonly [args: string, exit: number, loaded: string])[] = [
  ['--version', 0, ''],
  ['grep -F agent access.log', 0, ''],
  ['grep -F nothing access.log', 1, ''],
  ['timeline access.log', 0, ''],
  ['stats access.log', 0, ''],
  // What fails names a file: nothing in the message looks like a secret.
  ['grep -F agent gone.log', 4, ''],
  // The other way round: what is needed is seen here.
  ['rules check rules.yml', 3, 'yaml'],
];

describe('a short run', () => {
  it.each(RUNS)('%s', async (args, exit, loaded) => {
    const env = { NODE_OPTIONS: `--require ${JSON.stringify(join(folder, 'hook.cjs'))}` };
    const ran = await runIr(args.split(' '), { cwd: folder, env });
    expect(ran.exit).toBe(exit);
    const names = /^loaded: (.*)$/m.exec(ran.stderr)?.[1];
    if (loaded === '') expect(names).toBe('');
    else expect(names?.split(' ')).toContain(loaded);
  });
});
