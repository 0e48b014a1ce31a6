#!/usr/bin/env node
// A step of the build: reads and checks the bundled format files once, so that no run has to.
const { cacheBundledFormats } = await import('../dist/logs/load-formats.js');
cacheBundledFormats();
