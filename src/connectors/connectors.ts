/** All connectors. One more is a file and a line. */
import { suggestion, usageError } from '../errors.ts';
import type { Connector } from './connector.ts';
import { connector as opensearch } from './opensearch.ts';
import type { Place } from './place.ts';

/** In the order of the documents. */
export const CONNECTORS: readonly Connector[] = [opensearch];

/** The connector of a place. @throws IrError (exit 2) where none has its scheme */
export function connectorOf({ scheme, shown }: Place): Connector {
  const found = CONNECTORS.find(({ schemes }) => schemes.includes(scheme));
  if (found !== undefined) return found;
  throw usageError(
    `"${shown}": nothing here speaks to ${scheme}://`,
    suggestion(
      scheme,
      CONNECTORS.flatMap(({ schemes }) => schemes),
    ),
  );
}
