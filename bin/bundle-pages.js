#!/usr/bin/env node
// A step of the build: joins what runs and shows in a page into one style and one script, which every page carries.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './build-stamp.js';

const folder = join(root, 'src', 'pages', 'browser');

async function scriptOf(name) {
  const bundle = await rolldown({ input: join(folder, name), platform: 'browser' });
  const { output } = await bundle.generate({
    format: 'iife',
    minify: true,
    charset: 'ascii',
    comments: false,
  });
  await bundle.close();
  return output[0].code.trim();
}

const styleOf = (name) => `${readFileSync(join(folder, name), 'utf8').trim()}\n`;
const plot = readFileSync(join(root, 'node_modules', 'uplot', 'dist', 'uPlot.min.css'), 'utf8');
writeFileSync(
  join(root, 'dist', 'pages.cache'),
  JSON.stringify({
    style: `${plot.trim()}\n${styleOf('page.css')}`,
    script: await scriptOf('main.ts'),
    liveStyle: styleOf('live.css'),
    liveScript: await scriptOf('live.ts'),
  }),
);
