#!/usr/bin/env node
// A step of the build: reads and checks the bundled playbooks once, so that no run has to.
const { cacheBundledPlaybooks } = await import('../dist/respond/load-playbooks.js');
await cacheBundledPlaybooks();
