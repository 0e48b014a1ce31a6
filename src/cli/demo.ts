import type { Declare } from './declare.ts';

export const declareDemo: Declare = () => {};
