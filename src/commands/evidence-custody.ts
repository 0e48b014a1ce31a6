/** `ir evidence seal`, `transfer` and `receive`: who vouches for a piece of evidence, and from whose hand into whose it goes. */
import { resolve } from 'node:path';
import { EXIT, IrError, refusedError, usageError } from '../errors.ts';
import { hashFile, keepText, keptPath } from '../evidence/content-store.ts';
import { fingerprintOf, readSignature, sign, signerOf } from '../evidence/signatures.ts';
import {
  type CustodyEvent,
  custodyOf,
  custodyStatement,
  type EvidenceItem,
  isInStore,
  type Signature,
} from '../incidents/evidence.ts';
import type { IncidentDetail, IncidentStore } from '../incidents/incident-store.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import type { CommandContext } from './context.ts';
import { findOne } from './evidence-find.ts';
import { assertFound, authorOf, withIncident } from './incident-access.ts';

/** What one of these commands did. */
export interface CustodyResult {
  /** Key of the incident. */
  incident: string;
  item: EvidenceItem;
  event: CustodyEvent['event'];
  from: string | undefined;
  to: string | undefined;
  signature: Signature | undefined;
  /** The text that who signs it signs; of a transfer, its receipt. */
  statement: string;
  head: string;
}

/** The options of `ir evidence transfer`. */
export interface TransferOptions {
  to?: string | undefined;
  reason?: string | undefined;
  method?: string | undefined;
  place?: string | undefined;
  signWith?: string | undefined;
}

/** The options of `ir evidence receive`. */
export interface ReceiveOptions {
  /** File of the receiver's signature of the statement. */
  signature?: string | undefined;
  /** File of the receiver's public key, which the signature must be made with. */
  receiverKey?: string | undefined;
  /** Print the receipt and change nothing: the declaration sees to that. */
  print?: boolean | undefined;
  signWith?: string | undefined;
  reason?: string | undefined;
  place?: string | undefined;
}

type Said = Omit<CustodyEvent, 'seq' | 'at' | 'actor' | 'evidence' | 'signature' | 'bag' | 'by'>;

/** Signs that the item has this hash. */
export function sealEvidence(
  context: CommandContext,
  word: string,
  options: { signWith?: string | undefined; reason?: string | undefined },
): Promise<CustodyResult> {
  const { signWith, reason = '' } = options;
  if (signWith === undefined) {
    throw usageError('a seal is signed: --sign-with KEY', 'Name your private SSH key.');
  }
  return recorded(context, word, signWith, (_, { actor, now }) => ({
    ...{ id: context.randomId(), event: 'sealed', happenedAt: now, purpose: reason, from: actor },
  }));
}

/** Gives the item out of the hand; it stays open until it is received. */
export function transferEvidence(
  context: CommandContext,
  word: string,
  options: TransferOptions,
): Promise<CustodyResult> {
  const to = options.to?.trim() ?? '';
  const purpose = options.reason?.trim() ?? '';
  if (to === '') throw usageError('a transfer needs --to NAME', 'Say who gets it.');
  if (purpose === '') throw usageError('a transfer needs --reason', 'Say what for.');
  const { method, place, signWith } = options;
  return recorded(context, word, signWith, ({ holder, open }, { now }, item) => {
    if (open !== undefined) {
      throw refusedError(
        `${item.evidenceNo} was handed to ${open.to} and not received yet`,
        `First: ir evidence receive ${item.evidenceNo}`,
      );
    }
    if (to === holder) throw refusedError(`${item.evidenceNo} is with ${holder} already`);
    return {
      ...{ id: context.randomId(), event: 'transferred', happenedAt: now, purpose },
      ...{ from: holder, to, method, place },
    };
  });
}

/** Takes the item into the hand: as who did not give it away, or by a receipt that the receiver signed. */
export function receiveEvidence(
  context: CommandContext,
  word: string,
  options: ReceiveOptions,
): Promise<CustodyResult> {
  return withIncident(context, async (store, incident) => {
    const detail = await store.load(incident.id);
    const item = findOne(detail, word);
    const { open } = custodyOf(item, detail.custody);
    if (open === undefined) {
      throw refusedError(
        `nobody handed ${item.evidenceNo} over`,
        `First: ir evidence transfer ${item.evidenceNo} --to NAME --reason TEXT`,
      );
    }
    const statement = custodyStatement(incident.key, item, open);
    const signed = await signatureOf(context, options, statement);
    const { actor } = context.settings;
    if (signed === undefined && [open.actor, open.from].includes(actor)) {
      throw refusedError(
        `${item.evidenceNo} was given away by ${actor}, who cannot receive it for ${open.to}`,
        'The receiver runs this under their own name, or signs the receipt: --signature FILE.',
      );
    }
    if (signed !== undefined && signed.fingerprint === open.signature?.key) {
      throw refusedError(
        `the receipt is signed with the key of who gave ${item.evidenceNo} away, ${signed.fingerprint}`,
        'It takes the key of the receiver.',
      );
    }
    await assertSame(context, store, item, detail);
    const signature = signed && (await keepSignature(store, signed.text, signed.fingerprint));
    const now = context.now().toISOString();
    const { from, to } = open;
    const said: Said = {
      ...{ id: context.randomId(), event: 'received', happenedAt: now, from, to },
      ...{ purpose: options.reason ?? '', place: options.place, sha256: item.sha256 },
      transfer: open.id,
    };
    await store.append(incident.id, (before) => {
      const current = custodyOf(item, assertFound(before).custody).open;
      if (current?.id !== open.id) throw refusedError(`${item.evidenceNo} was received meanwhile`);
      return [entryOf(said, item, signature, now, actor)];
    });
    return resultOf(store, incident, item, said, signature, statement);
  });
}

interface Stamp {
  actor: string;
  now: string;
}

/** Reads the item again, signs where that is wanted, and enters it. */
function recorded(
  context: CommandContext,
  word: string,
  signWith: string | undefined,
  decide: (custody: ReturnType<typeof custodyOf>, stamp: Stamp, item: EvidenceItem) => Said,
): Promise<CustodyResult> {
  return withIncident(context, async (store, incident) => {
    const detail = await store.load(incident.id);
    const item = findOne(detail, word);
    if (item.withdrawn !== undefined) throw refusedError(`${item.evidenceNo} was withdrawn`);
    const { actor, now } = authorOf(context);
    const at = now.toISOString();
    const custody = custodyOf(item, detail.custody);
    const said = { ...decide(custody, { actor, now: at }, item), sha256: item.sha256 };
    await assertSame(context, store, item, detail);
    const statement = custodyStatement(incident.key, item, said);
    const signed = await signatureOf(context, { signWith }, statement);
    const signature = signed && (await keepSignature(store, signed.text, signed.fingerprint));
    await store.append(incident.id, (before) => {
      const current = custodyOf(item, assertFound(before).custody);
      if (current.open?.id !== custody.open?.id || current.holder !== custody.holder) {
        throw refusedError(`${item.evidenceNo} went through other hands meanwhile`, 'Try again.');
      }
      return [entryOf(said, item, signature, at, actor)];
    });
    return resultOf(store, incident, item, said, signature, statement);
  });
}

/** Nobody vouches for, or hands on, what is not what was taken. @throws IrError (exit 7) */
async function assertSame(
  context: CommandContext,
  store: IncidentStore,
  item: EvidenceItem,
  { custody }: IncidentDetail,
): Promise<void> {
  const path = isInStore(item, custody) ? resolve(store.folder, keptPath(item.sha256)) : item.path;
  const { sha256 } = await hashFile(path, context).catch((error: unknown) => {
    throw changed(item, error instanceof IrError ? error.message : String(error));
  });
  if (sha256 !== item.sha256) throw changed(item, `its SHA-256 is ${sha256} now`);
}

const changed = ({ evidenceNo }: EvidenceItem, why: string): IrError =>
  new IrError(`${evidenceNo} is not what was taken: ${why}`, {
    exit: EXIT.integrity,
    hint: 'See all that differs with: ir verify',
  });

async function signatureOf(
  { settings: { cwd, env }, signal }: CommandContext,
  { signature, receiverKey, signWith }: ReceiveOptions,
  statement: string,
): Promise<{ text: string; fingerprint: string } | undefined> {
  const keygen = { env, signal };
  if (signature === undefined && receiverKey !== undefined)
    throw usageError('--receiver-key is for a receipt: --signature FILE');
  if (signature !== undefined && signWith !== undefined)
    throw usageError('--signature and --sign-with exclude each other');
  if (signWith !== undefined) return sign(statement, resolve(cwd, signWith), keygen);
  if (signature === undefined) return undefined;
  const text = await readSignature(resolve(cwd, signature));
  const fingerprint = await signerOf(statement, text, keygen);
  if (fingerprint === undefined) {
    throw refusedError(
      `${signature} is no signature of this hand-over`,
      'Sign exactly the text of: ir evidence receive NUMBER --print',
    );
  }
  const wanted =
    receiverKey === undefined ? undefined : await fingerprintOf(resolve(cwd, receiverKey), keygen);
  if (wanted === undefined || wanted === fingerprint) return { text, fingerprint };
  throw refusedError(`${signature} is signed with ${fingerprint}, not with ${wanted}`);
}

/** The signature itself is kept as a content beside the evidence. */
async function keepSignature(store: IncidentStore, text: string, key: string): Promise<Signature> {
  return { key, sha256: await keepText(store.folder, text) };
}

function entryOf(
  { happenedAt, ...said }: Said,
  { id: evidence }: EvidenceItem,
  signature: Signature | undefined,
  at: string,
  actor: string,
): NewEntry {
  const known = Object.entries(said).filter(([, value]) => value !== undefined);
  const payload = {
    ...(Object.fromEntries(known) as unknown as Omit<Said, 'happenedAt'>),
    ...{ evidence, at: happenedAt },
    ...(signature !== undefined && { signature }),
  };
  return { type: 'custody_recorded', payload, at, actor } as NewEntry;
}

async function resultOf(
  store: IncidentStore,
  { id, key }: { id: string; key: string },
  item: EvidenceItem,
  { event, from, to }: Said,
  signature: Signature | undefined,
  statement: string,
): Promise<CustodyResult> {
  const { head } = await store.load(id);
  return { incident: key, item, event, from, to, signature, statement, head };
}

/** The text of the hand-over that is open: what the receiver signs. */
export const receiptText = (context: CommandContext, word: string): Promise<string> =>
  withIncident(context, async (store, { id, key }) => {
    const detail = await store.load(id);
    const item = findOne(detail, word);
    const { open } = custodyOf(item, detail.custody);
    if (open !== undefined) return custodyStatement(key, item, open);
    throw refusedError(`nobody handed ${item.evidenceNo} over`);
  });
