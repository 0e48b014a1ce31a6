/** A Windows event from its XML. @see https://learn.microsoft.com/windows/win32/wes/eventschema-schema */
import { addValue, emptyRecord, type WindowsRecord, type WindowsSystem } from './windows-record.ts';
import { parseXml, type XmlElement } from './xml-tree.ts';

/** Undefined when the text is no whole event. */
export function recordOfXml(text: string): WindowsRecord | undefined {
  const event = parseXml(text);
  if (event?.name !== 'Event') return undefined;
  const record = emptyRecord();
  let isEvent = false;
  for (const part of event.children) {
    switch (part.name) {
      case 'System':
        record.system = systemOf(part);
        isEvent = true;
        break;
      case 'RenderingInfo':
        record.message = part.children.find(({ name }) => name === 'Message')?.text;
        break;
      case 'UserData':
      case 'ProcessingErrorData':
        record.part = 'user_data';
        addLeaves(record, part.children);
        break;
      default:
        // `EventData`, and `DebugData`, `BinaryEventData` of the old ones.
        addData(record, part);
    }
  }
  return isEvent ? record : undefined;
}

function systemOf({ children }: XmlElement): WindowsSystem {
  const system: WindowsSystem = {};
  for (const { name, attributes, text } of children) {
    const value = text === '' ? undefined : text.trim();
    switch (name) {
      case 'Provider':
        system.provider = attributes['Name'] || attributes['EventSourceName'];
        system.providerGuid = attributes['Guid'] || undefined;
        system.source = attributes['EventSourceName'] || undefined;
        break;
      case 'EventID':
        system.eventId = value;
        system.qualifiers = attributes['Qualifiers'] || undefined;
        break;
      case 'Version':
        system.version = value;
        break;
      case 'Level':
        system.level = value;
        break;
      case 'Task':
        system.task = value;
        break;
      case 'Opcode':
        system.opcode = value;
        break;
      case 'Keywords':
        system.keywords = value;
        break;
      case 'TimeCreated':
        system.time = attributes['SystemTime'] ?? attributes['RawTime'];
        break;
      case 'EventRecordID':
        system.recordId = value;
        break;
      case 'Correlation':
        system.activityId = attributes['ActivityID'] || undefined;
        system.relatedActivityId = attributes['RelatedActivityID'] || undefined;
        break;
      case 'Execution':
        system.processId = attributes['ProcessID'];
        system.threadId = attributes['ThreadID'];
        break;
      case 'Channel':
        system.channel = value;
        break;
      case 'Computer':
        system.computer = value;
        break;
      case 'Security':
        system.userId = attributes['UserID'] || undefined;
        break;
    }
  }
  return system;
}

/** `<Data Name="x">`; without a name it is a value among others. */
function addData(record: WindowsRecord, { children }: XmlElement): void {
  for (const [index, { name, attributes, text, children: inner }] of children.entries()) {
    const called = attributes['Name'];
    const value = inner.length === 0 ? text : leavesText(inner);
    if (name === 'Data' && (called === undefined || called === '')) record.values.push(value);
    else addValue(record, name === 'Data' ? (called as string) : name, value, index);
  }
}

/** Elements of a program's own, by the name of the innermost. */
function addLeaves(record: WindowsRecord, elements: readonly XmlElement[]): void {
  let count = 0;
  const visit = (element: XmlElement): void => {
    const name = element.attributes['Name'] || element.name;
    for (const [key, value] of Object.entries(element.attributes))
      if (key !== 'Name' && !key.startsWith('xmlns'))
        addValue(record, `${name}.${key}`, value, ++count);
    if (element.children.length > 0) element.children.forEach(visit);
    else if (element.text !== '' || Object.keys(element.attributes).length === 0)
      addValue(record, name, element.text, ++count);
  };
  elements.forEach(visit);
}

const leavesText = (elements: readonly XmlElement[]): string =>
  elements
    .map(({ text, children }) => (children.length === 0 ? text : leavesText(children)))
    .join(' ');
