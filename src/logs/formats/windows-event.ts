/** Windows event logs: EVTX files as the system writes them, and the same events as XML. */
import type { Event, Skip } from '../../events/event.ts';
import { skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { CHUNK_BYTES, CHUNK_MAGIC, FILE_HEADER_BYTES } from '../evtx/layout.ts';
import { createEvtxSplitter, isEvtx } from '../evtx/split-evtx.ts';
import type { LogFormat, RecordSplitter } from './log-format.ts';
import { recordOfXml } from './windows/from-xml.ts';
import { WINDOWS_SOURCES } from './windows/log-sources.ts';
import { windowsEvent } from './windows/to-event.ts';
import { createXmlSplitter, isEventXml, looksLikeEventXml } from './windows/xml-events.ts';
import { EVTX_SAMPLES } from './windows/xml-samples.ts';

function parse(line: string, clock: Clock): Event | Skip {
  const start = line.indexOf('<Event');
  const record = start === -1 ? undefined : recordOfXml(start === 0 ? line : line.slice(start));
  return record === undefined
    ? skip('no whole event in XML')
    : windowsEvent(record, clock, 'windows-event');
}

/** Which of both it is, shows the first piece; a chunk whose header is lost may begin with anything but text. */
function createSplitter(): RecordSplitter {
  let inner: RecordSplitter | undefined;
  return {
    push(text) {
      inner ??= MARKUP.test(text.slice(0, 100)) ? createXmlSplitter() : createEvtxSplitter();
      return inner.push(text);
    },
    end: () => inner?.end() ?? [],
    problem: () => inner?.problem?.(),
  };
}

const MARKUP = /^(?:\xef\xbb\xbf)?\s{0,90}</;

/** Event logs of Windows. */
export const format: LogFormat = {
  name: 'windows-event',
  title: 'Windows event logs: EVTX files, and events as XML',
  url: 'https://learn.microsoft.com/windows/win32/wes/eventschema-schema',
  order: 1,
  sources: WINDOWS_SOURCES,
  ownNames: /^/,
  isNamedAnywhere: true,
  detect: (line) => isEventXml(line, 0),
  parse,
  records: {
    isBinary: true,
    detect: (head) => isEvtx(head) || looksLikeEventXml(head),
    splitter: createSplitter,
    cuts: { firstByte: FILE_HEADER_BYTES, unitBytes: CHUNK_BYTES, magic: CHUNK_MAGIC },
  },
  splittable: true,
  samples: EVTX_SAMPLES,
};
