import type { Declare } from './declare.ts';

export const declareTimeline: Declare = () => {};
