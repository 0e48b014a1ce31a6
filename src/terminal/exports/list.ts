/** What rows of a timeline can be exported to. */
import type { RowFormat } from '../../settings.ts';
import { bulkLines } from './bulk.ts';
import { l2tcsvLines } from './l2tcsv.ts';
import { ocsfLines } from './ocsf.ts';
import type { Rows } from './row.ts';
import { timesketchCsv, timesketchJsonl } from './timesketch.ts';

/** The text of each, in pieces. @param columns the fields that were asked for, where the form has columns of its own choice */
export const EXPORTS: Readonly<
  Record<RowFormat, (rows: Rows, columns?: readonly string[]) => AsyncIterable<string>>
> = {
  timesketch: timesketchJsonl,
  'timesketch-csv': timesketchCsv,
  bulk: bulkLines,
  ocsf: ocsfLines,
  l2tcsv: l2tcsvLines,
};
