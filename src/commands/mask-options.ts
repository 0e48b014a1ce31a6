/** What `ir mask` and `--mask` share: which method, which kinds on demand, which key, and where the map is kept. */
import { resolve } from 'node:path';
import { ownFolder } from '../config.ts';
import { refusedError, suggestion, usageError } from '../errors.ts';
import { deriveKey, KEY_VARIABLE, readKeyText } from '../masking/mask-key.ts';
import { createMasker, kindsOnDemand, type Masker, useOwnDetectors } from '../masking/masker.ts';
import { keyedNaming, METHODS, type Method, type Naming, redacting } from '../masking/naming.ts';
import { createMapWriter, type MapWriter } from '../masking/token-map.ts';
import type { Settings } from '../settings.ts';
import { findWorkspace } from '../store/workspace.ts';

/** As they were typed. */
export interface MaskingOptions {
  method?: string | undefined;
  also?: readonly string[] | undefined;
  keyFile?: string | undefined;
  keepNetwork?: boolean | undefined;
}

/** A masker, and what is to be done with the names it gave. */
export interface Masking {
  masker: Masker;
  method: Method;
  /** Of the key; undefined where none is used. */
  keyId: string | undefined;
  /** Writes the names given since into the map: before they are shown. */
  flush(): void;
  close(): void;
  workspace: string | undefined;
}

/** @throws IrError (exit 2) for a word that is none, (exit 6) where a key is missing */
export function openMasking(
  settings: Pick<Settings, 'cwd' | 'env' | 'store'>,
  options: MaskingOptions,
): Masking {
  const method = readMethod(options.method);
  useOwnDetectors(ownFolder(settings.env, 'masking'));
  const also = readKinds(options.also);
  const none = { flush: () => undefined, close: () => undefined, workspace: undefined };
  if (method === 'redact') {
    if (options.keyFile !== undefined || options.keepNetwork === true)
      throw usageError(
        `${options.keepNetwork === true ? '--keep-network' : '--key-file'} goes with --method hash or token`,
        'Leave it out, or name a method.',
      );
    return { ...none, masker: createMasker(redacting, also), method, keyId: undefined };
  }
  const file = options.keyFile === undefined ? undefined : resolve(settings.cwd, options.keyFile);
  const text = readKeyText(file, settings.env);
  if (text === undefined)
    throw refusedError(
      `--method ${method} needs a key, and there is none`,
      `Make one with: ir mask --new-key FILE. Then name it with --key-file FILE, or put it into ${KEY_VARIABLE}.`,
    );
  const key = deriveKey(text);
  const named = (keep: MapWriter['keep']): Naming =>
    keyedNaming(method, key, options.keepNetwork === true, keep);
  if (method === 'hash')
    return {
      ...none,
      masker: createMasker(
        named(() => undefined),
        also,
      ),
      method,
      keyId: key.id,
    };
  const { folder } = findWorkspace(settings);
  const map = createMapWriter(folder, key);
  return {
    ...{ masker: createMasker(named(map.keep), also), method, keyId: key.id, workspace: folder },
    flush: () => map.flush(),
    close: () => map.close(),
  };
}

function readMethod(text = 'redact'): Method {
  const found = METHODS.find((one) => one === text.toLowerCase());
  if (found !== undefined) return found;
  throw usageError(`--method: "${text}" is not one of its words`, suggestion(text, METHODS));
}

function readKinds(texts: readonly string[] = []): string[] {
  const known = kindsOnDemand();
  const kinds = texts
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter(Boolean);
  for (const kind of kinds)
    if (!known.includes(kind))
      throw usageError(`--also: "${kind}" is no kind on demand`, suggestion(kind, known));
  return kinds;
}
