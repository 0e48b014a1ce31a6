import type { Declare } from './declare.ts';

export const declareIncident: Declare = () => {};
