/** Mail over SMTP. @see https://nodemailer.com/smtp/ */
import type { ChannelOf } from '../configuration/channels.ts';
import { type Channel, type Message, SendFailure } from './channel.ts';

type Settings = ChannelOf<'smtp'>;

const PORTS = { starttls: 587, tls: 465, none: 25 } as const;
const portOf = ({ port, encryption }: Settings): number => port ?? PORTS[encryption];

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => HTML[one]!);

/** The text as HTML: what it holds can be no markup. */
export const htmlOf = ({ subject, text }: Pick<Message, 'subject' | 'text'>): string =>
  [
    `<!doctype html><html><head><meta charset="utf-8"><title>${escaped(subject)}</title></head><body>`,
    `<h2>${escaped(subject)}</h2>`,
    ...text
      .trim()
      .split('\n\n')
      .map((part) => `<p>${escaped(part).replaceAll('\n', '<br>')}</p>`),
    '</body></html>',
  ].join('\n');

function mailOf(message: Message, { from, to }: Settings) {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const thread = `<ir.${message.facts['incident']}@${domain}>`;
  return {
    from,
    to,
    subject: message.subject,
    text: message.text,
    html: htmlOf(message),
    messageId: `<${message.id}@${domain}>`,
    references: thread,
    date: new Date(message.at),
    // No answer of a machine comes back. @see https://www.rfc-editor.org/rfc/rfc3834#section-5
    headers: { 'Auto-Submitted': 'auto-generated', 'X-IR-Notice': message.id },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** The channel. */
export const channel: Channel<Settings> = {
  knowsRepeats: () => false,
  isEncrypted: ({ settings }) => settings.encryption !== 'none',
  preview(message, { settings }) {
    const { from, to, subject, messageId } = mailOf(message, settings);
    return {
      where: `smtp ${settings.host}:${portOf(settings)} (${settings.encryption})`,
      headers: { From: from, To: to.join(', '), Subject: subject, 'Message-ID': messageId },
      body: message.text,
    };
  },
  async send(message, { settings, secrets, ca, signal }) {
    const { createTransport } = await import('nodemailer');
    const { host, encryption, user, timeout, to } = settings;
    const ms = timeout * 1000;
    const transport = createTransport({
      ...{ host, port: portOf(settings), secure: encryption === 'tls' },
      requireTLS: encryption === 'starttls',
      ignoreTLS: encryption === 'none',
      ...{ connectionTimeout: ms, greetingTimeout: ms, socketTimeout: ms, dnsTimeout: ms },
      ...(user === undefined ? {} : { auth: { user, pass: secrets['password'] ?? '' } }),
      ...(ca === undefined ? {} : { tls: { ca } }),
      logger: false,
    });
    const stop = (): void => transport.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const { response, rejected } = await transport.sendMail(mailOf(message, settings));
      const refused = rejected.map(String);
      return refused.length === 0
        ? response
        : `${response}; taken for ${to.length - refused.length} of ${to.length}, refused: ${refused.join(', ')}`;
    } catch (error) {
      throw failureOf(error as SmtpError);
    } finally {
      signal.removeEventListener('abort', stop);
      transport.close();
    }
  },
};

interface SmtpError extends Error {
  code?: string;
  command?: string;
  responseCode?: number;
  response?: string;
}

/** Whether it can have arrived: only once the text was given, and nothing came back. */
function failureOf({ code, command, responseCode, response, message }: SmtpError): SendFailure {
  const said = (response ?? message).replace(/\s+/g, ' ').slice(0, 300);
  if (code === 'EAUTH') {
    const isLater = responseCode !== undefined && responseCode >= 400 && responseCode < 500;
    return new SendFailure(isLater ? 'retry' : 'refused', `user or password is not taken: ${said}`);
  }
  if (responseCode !== undefined)
    return new SendFailure(responseCode >= 500 ? 'refused' : 'retry', said);
  const isGiven = command === 'DATA' || command === 'API';
  return new SendFailure(isGiven ? 'unknown' : 'retry', said);
}
