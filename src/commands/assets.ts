/** `ir asset add|list|update|withdraw`: hosts, accounts and data sets that are or may be affected. */
import { refusedError, usageError } from '../errors.ts';
import { ASSET_STATES, ASSET_TYPES, type Asset, itemNumber } from '../incidents/items.ts';
import { withdrawItem } from '../incidents/withdraw-item.ts';
import type { CommandContext } from './context.ts';
import { findItem } from './find-item.ts';
import { readWord, withIncident } from './incident-access.ts';
import type { ReceiptResult, TableResult } from './table-result.ts';
import { entryBy, writeItems } from './write-items.ts';

const ASSETS = { letter: 'S', name: 'asset', list: 'ir asset list' };
const findAsset = (assets: readonly Asset[], wanted: string): Asset =>
  findItem(assets, wanted, ASSETS, ({ name }) => [name]);
const words = (word: string): string => word.replaceAll('_', ' ');

/** Options that say something of an asset, as typed. */
export interface AssetOptions {
  type?: string | undefined;
  name?: string | undefined;
  state?: string | undefined;
  owner?: string | undefined;
  address?: string | undefined;
  holds?: string | undefined;
  comment?: string | undefined;
  reason?: string | undefined;
}

function readOptions({ type, state, reason: _, ...texts }: AssetOptions) {
  const said = Object.entries(texts).filter(([, value]) => value !== undefined);
  const kind = readWord(type, ASSET_TYPES, '--type');
  const stands = readWord(state, ASSET_STATES, '--state');
  return {
    ...(Object.fromEntries(said) as Partial<Record<keyof typeof texts, string>>),
    ...(kind !== undefined && { type: kind }),
    ...(stands !== undefined && { state: stands }),
  };
}

/** Adds an asset. */
export function addAsset(
  context: CommandContext,
  name: string,
  options: AssetOptions,
): Promise<ReceiptResult> {
  if (name.trim() === '')
    throw usageError('the asset has no name', 'Write: ir asset add web01 --type host');
  const { type = 'host', state = 'to_be_determined', name: _, ...rest } = readOptions(options);
  return writeItems(
    context,
    ({ assets }, author) => {
      const same = assets.find(
        (one) => one.name === name.trim() && one.type === type && !one.withdrawn,
      );
      if (same !== undefined) {
        throw refusedError(
          `${name.trim()} (${words(type)}) is there already: ${itemNumber('S', same)}`,
          `Change it with: ir asset update ${itemNumber('S', same)}`,
        );
      }
      const payload = { id: context.randomId(), type, name: name.trim(), state, ...rest };
      return [entryBy(author, 'asset_added', payload)];
    },
    ({ incident, assets }) => said(incident.key, assets.at(-1)!, 'is added'),
  );
}

const said = (key: string, asset: Asset, what: string) => ({
  lines: [
    [
      `${key}: asset ${itemNumber('S', asset)} ${what}: ${asset.name} (${words(asset.type)}), ${words(asset.state)}.`,
    ],
  ],
  document: { asset: { number: itemNumber('S', asset), ...asset } },
});

/** Changes what is known of an asset. */
export function updateAsset(
  context: CommandContext,
  wanted: string,
  options: AssetOptions,
): Promise<ReceiptResult> {
  const changes = readOptions(options);
  if (Object.keys(changes).length === 0)
    throw usageError('nothing to change', 'Name at least one; see: ir asset update --help');
  let id = '';
  return writeItems(
    context,
    ({ assets }, author) => {
      const asset = findAsset(assets, wanted);
      if (asset.withdrawn !== undefined)
        throw refusedError(`${itemNumber('S', asset)} was withdrawn`);
      id = asset.id;
      const payload = { asset: id, changes, reason: options.reason?.trim() ?? '' };
      return [entryBy(author, 'asset_updated', payload)];
    },
    ({ incident, assets }) =>
      said(incident.key, assets.find((one) => one.id === id)!, 'is changed'),
  );
}

/** The assets, compromised ones first. */
export const listAssets = (context: CommandContext): Promise<TableResult> =>
  withIncident(context, async (store, { id, key }) => {
    const { assets } = await store.load(id);
    const order = ['compromised', 'to_be_determined', 'unknown', 'not_compromised'];
    const rank = (asset: Asset): number => (asset.withdrawn ? 9 : order.indexOf(asset.state));
    const shown = [...assets].sort((a, b) => rank(a) - rank(b) || a.seq - b.seq);
    return {
      title: shown.length === 0 ? `No asset is named in ${key}.` : `Assets of ${key}`,
      heads: ['Number', 'State', 'Type', 'Name', 'Address', 'Owner', 'Holds'],
      rows: shown.map((asset) => [
        itemNumber('S', asset),
        asset.withdrawn === undefined ? asset.state : `withdrawn: ${asset.withdrawn.reason}`,
        asset.type,
        asset.name,
        asset.address,
        asset.owner,
        asset.holds,
      ]),
      notes: [],
      next:
        shown.length === 0
          ? [{ command: 'ir asset add web01 --type host --state compromised', shows: 'adds one' }]
          : [],
      documents: shown.map((asset) => ({ number: itemNumber('S', asset), ...asset })),
      about: { incident: key },
    };
  });

/** Takes an asset back that is none of the case. */
export const withdrawAsset = (
  context: CommandContext,
  wanted: string,
  { reason = '' }: { reason?: string },
): Promise<ReceiptResult> => {
  let id = '';
  return writeItems(
    context,
    ({ assets }, author) => {
      const asset = findAsset(assets, wanted);
      id = asset.id;
      return [withdrawItem('asset', asset, itemNumber('S', asset), reason, author)];
    },
    ({ incident, assets }) =>
      said(incident.key, assets.find((one) => one.id === id)!, 'is withdrawn'),
  );
};
