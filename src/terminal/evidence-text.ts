/** What views say of evidence and custody. */
import { grouped } from '../events/words.ts';
import type { CustodyEvent, EvidenceItem } from '../incidents/evidence.ts';
import { shorten, showInstant } from './layout.ts';
import type { Style } from './style.ts';

/** `E-001  copy  4,096 bytes  3f9a61c2d0aa  web01:/var/log/auth.log` */
export function evidenceLine(item: EvidenceItem, style: Style): string {
  const { evidenceNo, keptAs, sizeBytes, sha256, host, origin, title, withdrawn } = item;
  const place = `${host}:${origin ?? title}`;
  const facts = [evidenceNo, keptAs.padEnd(9), `${grouped(sizeBytes)} bytes`, sha256.slice(0, 12)];
  const end = withdrawn === undefined ? '' : `  withdrawn: ${withdrawn.reason}`;
  const line = shorten(`${[...facts, place].join('  ')}${end}`, style.width - 2, style);
  return withdrawn === undefined ? line : style.paint.strikethrough.dim(line);
}

/** `2026-03-01 10:00:00Z  received from alex to Kim: analysis (signed by SHA256:...)` */
export function custodyText(event: CustodyEvent, style: Style): string {
  const { from, to, purpose, method, place, signature, by, actor } = event;
  const way = [
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(to === undefined ? [] : [`to ${to}`]),
    ...(method === undefined ? [] : [event.event === 'collected' ? `(${method})` : `by ${method}`]),
    ...(place === undefined ? [] : [`at ${place}`]),
  ].join(' ');
  const isSignable = ['transferred', 'received', 'sealed'].includes(event.event);
  const mark =
    signature === undefined ? (isSignable ? ' (not signed)' : '') : ` (signed by ${signature.key})`;
  const who = by === undefined ? actor : `${by}, as the bag tells that ${actor} took in`;
  return `${showInstant(event.happenedAt, style.offsetAt)}  ${event.event}${way === '' ? '' : ` ${way}`}, ${who}${purpose === '' ? '' : `: ${purpose}`}${mark}`;
}

/** Who has it, and what is open. */
export function holderText(holder: string, open: CustodyEvent | undefined): string {
  if (open === undefined) return `with ${holder}`;
  return `with ${holder}; handed to ${open.to}, who has not received it yet`;
}
