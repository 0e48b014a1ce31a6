/** Entries of the checklists: steps answered, commands run. */
import { durationText } from '../../events/words.ts';
import { because, kind, type Stamp } from '../entry-kind.ts';
import { shapes } from '../entry-shapes.ts';
import { type CommandRun, type Phase, RUN_ROLES, type StepState } from '../incident.ts';
import { acknowledged } from './incident-kinds.ts';

/** Steps done, waived and reopened; commands begun and ended. */
export const CHECKLIST_KINDS = {
  step_done: kind({
    isErasable: false,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({ stepId: s.text, phase: s.phase, note: s.text });
    },
    tell: ({ stepId, note }, names) => ({
      text: `Done: ${names.step(stepId)}.${note === '' ? '' : ` ${note}`}`,
    }),
    apply: (payload, entry, { incident }) => ({
      incident: acknowledged(incident, entry.at),
      steps: [stepNow({ ...payload, reason: '' }, 'done', entry)],
    }),
  }),

  step_waived: kind({
    isErasable: false,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({ stepId: s.text, phase: s.phase, reason: s.text });
    },
    tell: ({ stepId, reason }, names) => ({
      text: `Waived: ${names.step(stepId)}, because: ${reason}`,
    }),
    apply: (payload, entry, { incident }) => ({
      incident: acknowledged(incident, entry.at),
      steps: [stepNow(payload, 'waived', entry)],
    }),
  }),

  step_reopened: kind({
    isErasable: false,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({ stepId: s.text, phase: s.phase, reason: s.text });
    },
    tell: ({ stepId, reason }, names) => ({
      text: `Taken up again: ${names.step(stepId)}${because(reason)}`,
    }),
    apply: (payload, entry, { incident }) => ({
      incident: acknowledged(incident, entry.at),
      steps: [stepNow(payload, 'pending', entry)],
    }),
  }),

  command_started: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        run: s.id,
        role: z.enum(RUN_ROLES),
        stepId: s.text,
        action: s.id.optional(),
        argv: s.words,
        host: s.text,
        user: s.text,
      });
    },
    tell: ({ run, argv, host }, names) =>
      names.run(run)?.isFinished === true
        ? undefined
        : { text: `Command started on ${host}; no end is recorded.`, argv },
    apply({ run, role, stepId, argv, host }, entry, { incident }) {
      const { seq, at, actor } = entry;
      const output = { stdoutSha256: '', stderrSha256: '', stdoutHead: '', stderrHead: '' };
      const end = { exitCode: undefined, durationMs: 0, ...output };
      return {
        incident: acknowledged(incident, at),
        commandRuns: [{ id: run, role, seq, stepId, at, actor, host, argv, ...end }],
      };
    },
  }),

  command_finished: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        run: s.id,
        exitCode: z.int().optional(),
        durationMs: z.number(),
        stdoutSha256: s.hash,
        stderrSha256: s.hash,
        stdoutHead: s.text,
        stderrHead: s.text,
      });
    },
    needs: ({ run }) => ({ run }),
    tell({ run, exitCode, durationMs }, names) {
      const { host, argv } = names.run(run) ?? {};
      const end = exitCode === undefined ? 'did not end by itself' : `exit code ${exitCode}`;
      const on = host === undefined ? '' : ` on ${host}`;
      return {
        text: `Command${on}: ${end} after ${durationText(durationMs)}.`,
        ...(argv !== undefined && { argv }),
      };
    },
    apply({ run, ...end }, { at }, { incident, commandRuns }) {
      const started = commandRuns.get(run);
      const changed = acknowledged(incident, at);
      if (started === undefined) return { incident: changed };
      return {
        incident: changed,
        commandRuns: [{ ...started, exitCode: undefined, ...end } satisfies CommandRun],
      };
    },
  }),
};

const stepNow = (
  { stepId, phase, reason }: { stepId: string; phase: Phase; reason: string },
  status: StepState['status'],
  { at, actor }: Stamp,
): StepState => ({ stepId, phase, status, reason, at, actor });

/** True for a command that was started and whose end was never recorded. */
export const isOpenRun = (run: CommandRun): boolean =>
  run.stdoutSha256 === '' && run.exitCode === undefined;
