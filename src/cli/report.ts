import type { Declare } from './declare.ts';

export const declareReport: Declare = () => {};
