import type { Declare } from './declare.ts';

export const declareDrill: Declare = () => {};
