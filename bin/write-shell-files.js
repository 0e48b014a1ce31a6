#!/usr/bin/env node
// A step of the build: the manual pages and the completions, made from the command tree, into `share`.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './build-stamp.js';
import { manPages } from './man-page.js';

const load = (path) => import(pathToFileURL(join(root, 'dist', path)).href);
const { createProgram } = await load('cli/program.js');
const { scriptFor } = await load('cli/completion/shells.js');
const { TOPICS } = await load('commands/topics.js');
const tree = await load('cli/tree.js');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const program = createProgram(version, async () => {});

const share = join(root, 'share');
rmSync(share, { recursive: true, force: true });
const write = (path, text) => {
  const target = join(share, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
};
for (const [name, text] of Object.entries(manPages(tree, program, version, TOPICS))) {
  write(`man/man1/${name}`, text);
}
write('bash-completion/completions/ir', scriptFor('bash', program));
write('zsh/site-functions/_ir', scriptFor('zsh', program));
write('fish/vendor_completions.d/ir.fish', scriptFor('fish', program));
write('powershell/ir.ps1', scriptFor('powershell', program));
