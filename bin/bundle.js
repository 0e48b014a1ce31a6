#!/usr/bin/env node
// A step of the build: joins the compiled modules into few files, because opening 200 of them is half of
// the start-up time. Packages stay outside; what is loaded late stays late.
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist');
// Names carry a hash: what an earlier build left would only pile up.
rmSync(join(dist, 'bundle'), { recursive: true, force: true });
const bundle = await rolldown({
  input: { main: join(dist, 'main.js'), worker: join(dist, 'detect', 'worker.js') },
  platform: 'node',
  external: (id) => !id.startsWith('.') && !id.startsWith('/') && !/^[A-Za-z]:/.test(id),
});
await bundle.write({
  dir: join(dist, 'bundle'),
  format: 'es',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  sourcemap: false,
});
await bundle.close();
