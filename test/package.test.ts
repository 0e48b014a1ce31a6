/** What `npm pack` puts into the package: a program that runs, and nothing that only building or testing it needs. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanEnv, ensureBuilt, ROOT } from './program.ts';

let folder = '';
let packed: string[] = [];

beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir-package-'));
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...cleanEnv(), HOME: folder },
  });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  packed = files.map(({ path }) => path);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('holds neither sources nor what builds and tests them', () => {
    expect(packed.length).toBeGreaterThan(200);
    const inBin = packed.filter((path) => path.startsWith('bin/')).sort();
    expect(inBin).toEqual([
      'bin/after-install.js',
      'bin/cache-code.js',
      'bin/compile-for-node-20.js',
      'bin/ir.js',
      'bin/load-cached.cjs',
    ]);
    const others = packed.filter((path) =>
      /^(?:src|test|bench|node_modules|\.)|\.(?:map|[ch]pp?|[ao]|tmp)$|(?<!\.d)\.ts$/.test(path),
    );
    expect(others).toEqual([]);
  });

  it('holds the manual page, the completions and the list of packages of the driver', () => {
    const { man } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      man: string[];
    };
    expect(packed).toEqual(
      expect.arrayContaining([
        ...man,
        'share/bash-completion/completions/ir',
        'share/zsh/site-functions/_ir',
        'share/fish/vendor_completions.d/ir.fish',
        'share/powershell/ir.ps1',
        'docs/topics/levels.md',
        'packages/sqlite-node-20/package-lock.json',
        'README.md',
        'LICENSE',
      ]),
    );
  });

  it('runs, from drill to findings, with no file but its own', () => {
    const installed = join(folder, 'installed');
    for (const path of packed) {
      mkdirSync(dirname(join(installed, path)), { recursive: true });
      cpSync(join(ROOT, path), join(installed, path));
    }
    symlinkSync(join(ROOT, 'node_modules'), join(installed, 'node_modules'));
    const ir = (...args: string[]): string => {
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        [join(installed, 'bin', 'ir.js'), ...args],
        { cwd: folder, encoding: 'utf8', env: cleanEnv() },
      );
      expect(stderr).not.toContain('error');
      expect(status).toBe(0);
      return stdout;
    };
    ir('drill', 'logs', 'webshop', '--scale', '0.01', '--output', 'logs');
    expect(ir('timeline', 'logs')).toContain('SSH login succeeded after brute force');
    expect(ir('playbook', 'list')).toContain('ssh-brute-force');
    expect(ir('report', '--list')).toContain('postmortem');
    // Bytecode is of one Node.js: it is made anew where the package is installed, if npm is allowed to.
    const bytecode = packed.filter((path) => path.endsWith('.bytecode'));
    expect(bytecode.length).toBeGreaterThan(5);
    for (const path of bytecode) rmSync(join(installed, path));
    spawnSync(process.execPath, [join(installed, 'bin', 'after-install.js')], {
      env: { ...cleanEnv(), PATH: '' },
    });
    expect(bytecode.filter((path) => !existsSync(join(installed, path)))).toEqual([]);
  });
});
