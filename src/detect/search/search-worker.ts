/** A thread that searches pieces: the first message is what to look for, each further one a piece. */
import { parentPort } from 'node:worker_threads';
import type { SearchQuery } from './query.ts';
import { createPieceSearch, type PieceSearch, type SearchTask } from './search-piece.ts';

/** The first message. */
export interface SearchStart {
  query: SearchQuery;
  isCounting: boolean;
}

if (parentPort === null) throw new Error('this file is the code of a worker thread');
const port = parentPort;
let search: PieceSearch | undefined;

port.on('message', (message: SearchStart | SearchTask) => {
  if ('query' in message) {
    search = createPieceSearch(message.query, message.isCounting);
    return;
  }
  const hits = (search as PieceSearch)(message);
  const buffers = [hits.offsets, hits.linesBefore, hits.ends, hits.bytes].map(
    ({ buffer }) => buffer,
  );
  port.postMessage(hits, buffers as ArrayBuffer[]);
});
