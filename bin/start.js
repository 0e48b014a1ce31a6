#!/usr/bin/env node
// `npm start` runs the demonstration; `npm start -- <any ir arguments>` runs those.
if (process.argv.length === 2) process.argv.push('demo');
await import('../dist/bundle/main.js');
