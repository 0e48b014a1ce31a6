#!/usr/bin/env node
// A step of the build: reads and checks the bundled playbooks and actions once, so that no run has to.
const { loadPlaybooks } = await import('../dist/respond/load-playbooks.js');
const { loadActions } = await import('../dist/respond/load-actions.js');
const { writeTemplateCache } = await import('../dist/respond/template-cache.js');
await loadPlaybooks({ XDG_CONFIG_HOME: '/nonexistent' });
await loadActions({ XDG_CONFIG_HOME: '/nonexistent' });
writeTemplateCache();
