#!/usr/bin/env node
// The last step of the build: parses the bundled rules once, so that no run has to.
const { cacheBundledRules } = await import('../dist/detect/load-rules.js');
await cacheBundledRules();
