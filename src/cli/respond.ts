import type { Declare } from './declare.ts';

export const declareRespond: Declare = () => {};
