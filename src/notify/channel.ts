/** What a channel is: it takes a message to the other side, once, and says what came back. */
import type { ChannelSettings } from '../configuration/channels.ts';

/** A notice as it goes out. */
export interface Message {
  /** Id of the notice: the same at every attempt, so that the other side can tell a repetition. */
  id: string;
  /** `opened`, `clock_near`, `message` */
  event: string;
  subject: string;
  text: string;
  /** Key, title, severity, phase, chain head and whatever else programs ask for. */
  facts: Readonly<Record<string, string>>;
  /** When it was written, RFC 3339. */
  at: string;
}

/** What a channel needs beside its settings. */
export interface Sending<S = ChannelSettings> {
  /** Name in the configuration. */
  name: string;
  settings: S;
  /** Values of secrets by the name of the setting, such as `password`. */
  secrets: Readonly<Record<string, string>>;
  /** Files that the settings name, read: certificates and templates. */
  ca: string | undefined;
  /** Text of the template of the body. */
  template: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  now: Date;
  signal: AbortSignal;
}

/** What would go out, without secrets. */
export interface Preview {
  /** `POST https://chat.example.com/***` */
  where: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** One kind of channel. */
export interface Channel<S = ChannelSettings> {
  /** Does the other side know a message by its id, and take it once? What nobody knows the fate of is sent again only there. */
  knowsRepeats(settings: S): boolean;
  isEncrypted(sending: Sending<S>): boolean;
  /** What would be sent. */
  preview(message: Message, sending: Sending<S>): Preview;
  /** Sends it; the answer in a few words. @throws SendFailure */
  send(message: Message, sending: Sending<S>): Promise<string>;
}

/**
 * Why it did not go out. `retry`: it surely did not arrive and may be tried again; `refused`: trying again is of no
 * use; `unknown`: it may have arrived.
 */
export class SendFailure extends Error {
  readonly kind: 'retry' | 'refused' | 'unknown';
  /** The other side asked for so many milliseconds of peace. */
  readonly waitMs: number | undefined;

  constructor(kind: SendFailure['kind'], message: string, waitMs?: number) {
    super(message);
    this.name = 'SendFailure';
    this.kind = kind;
    this.waitMs = waitMs;
  }
}
