#!/usr/bin/env node
// Reads the bundled detectors of masking once, so that no run has to.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build-stamp.js';

const { readDetectors } = await import('../dist/masking/detector.js');
const files = readDetectors().map((file) => ({ ...file, samples: { match: [], near: [] } }));
writeFileSync(join(root, 'dist', 'masks.cache'), JSON.stringify(files));
