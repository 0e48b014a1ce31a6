/** Every log format, in order of detection priority: the first that claims a line reads the file. */
import { format as access } from './access.ts';
import type { LogFormat } from './log-format.ts';

export const FORMATS: readonly LogFormat[] = [access];
