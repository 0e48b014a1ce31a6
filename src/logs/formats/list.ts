/** Every log format, in order of detection priority: the first that claims a line reads the file. */
import { format as access } from './access.ts';
import { format as auditd } from './auditd.ts';
import type { LogFormat } from './log-format.ts';

export const FORMATS: readonly LogFormat[] = [auditd, access];
