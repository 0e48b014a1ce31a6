/** `ir completion --values KIND`: what the shell offers where only the program knows it. */
import { ASKED, type Asked } from './asked-kinds.ts';
import type { CommandContext } from './context.ts';

/** The values of a kind, in their usual order; none where they cannot be found out: a completion has no place for messages. */
export async function askedValues(
  context: CommandContext,
  kind: string,
): Promise<readonly string[]> {
  if (!Object.hasOwn(ASKED, kind)) return [];
  try {
    // What a file of the user names could not be typed, or would break the line.
    return (await READERS[kind as Asked](context)).filter((value) => /^[\w.@:+/-]+$/.test(value));
  } catch {
    return [];
  }
}

const READERS: Readonly<Record<Asked, (context: CommandContext) => Promise<readonly string[]>>> = {
  async incidents(context) {
    const { withStore } = await import('./incident-access.ts');
    const all = await withStore(context, ({ store }) => store.list());
    return all.map(({ key }) => key);
  },
  async steps(context) {
    const { withIncident } = await import('./incident-access.ts');
    const { followedPlaybook } = await import('./required-steps.ts');
    return await withIncident(context, async (store, { id }) => {
      const followed = await followedPlaybook(context, await store.load(id));
      return followed?.playbook.steps.map((step) => step.id) ?? [];
    });
  },
  async playbooks({ settings }) {
    const { loadPlaybooks } = await import('../respond/load-playbooks.ts');
    return (await loadPlaybooks(settings.env)).playbooks.map(({ id }) => id);
  },
  async rules({ settings }) {
    const { loadDocuments, ruleFolders } = await import('../detect/load-rules.ts');
    const { documents } = await loadDocuments(ruleFolders(settings.env));
    return documents.flatMap(({ name, id }) => name || id || []);
  },
  async formats(context) {
    const { listFormats } = await import('./formats.ts');
    return listFormats(context).formats.map(({ name }) => name);
  },
  async templates(context) {
    const { reportTemplates } = await import('./report.ts');
    return (await reportTemplates(context)).templates.map(({ name }) => name);
  },
  async regulations({ settings }) {
    const { loadRegulations } = await import('../clocks/load-regulations.ts');
    const { regulations } = await loadRegulations(settings.env);
    return regulations.flatMap(({ id, duties }) => [id, ...duties.map((duty) => duty.id)]);
  },
  zones: async () => ['UTC', ...Intl.supportedValuesOf('timeZone')],
  async fields() {
    const { FIELD_NAMES } = await import('../detect/where/fields.ts');
    return FIELD_NAMES;
  },
};
