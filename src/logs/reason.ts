/** Plain words for the errors of the file system. */
import { messageOf } from '../errors.ts';

/** Plain words for the errors that paths have. */
export function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'no such file or folder';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ELOOP':
      return 'directory loop: too many symbolic links';
    case 'ENAMETOOLONG':
      return 'the path is too long';
    case 'ENOSPC':
      return 'no space left on the disk for temporary files';
    default:
      return messageOf(error);
  }
}
