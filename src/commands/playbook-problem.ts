import { EXIT, IrError } from '../errors.ts';
import type { Problem } from '../yaml.ts';

/** Refuses a playbook file with its first problem: exit 4 where it cannot be read, 3 where it is wrong. */
export function throwProblem(path: string, problems: readonly Problem[]): never {
  const [first] = problems;
  const isRead = first?.source.line !== undefined;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw new IrError(`${first?.message ?? 'cannot read the playbook'}${more}`, {
    exit: isRead ? EXIT.invalidTemplate : EXIT.unreadableInput,
    source: first?.source ?? { path },
    hint: isRead
      ? 'ir playbook check FILE lists all problems.'
      : 'Check the path and its permissions.',
  });
}
