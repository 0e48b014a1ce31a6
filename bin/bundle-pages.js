#!/usr/bin/env node
// A step of the build: joins what runs and shows in a page into one style and one script, which every page carries.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './build-stamp.js';

const folder = join(root, 'src', 'pages', 'browser');
const bundle = await rolldown({ input: join(folder, 'main.ts'), platform: 'browser' });
const { output } = await bundle.generate({
  format: 'iife',
  minify: true,
  charset: 'ascii',
  comments: false,
});
await bundle.close();
const plot = readFileSync(join(root, 'node_modules', 'uplot', 'dist', 'uPlot.min.css'), 'utf8');
const style = `${plot.trim()}\n${readFileSync(join(folder, 'page.css'), 'utf8').trim()}\n`;
writeFileSync(
  join(root, 'dist', 'pages.cache'),
  JSON.stringify({ style, script: output[0].code.trim() }),
);
