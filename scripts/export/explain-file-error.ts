import { codeOf, messageOf, UserError } from '../../apps/shared/errors.ts';
import { STDOUT } from './read-export-options.ts';

const REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of disk space is used up',
  EFBIG: 'the file is larger than this system allows',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is no folder',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'it is on a disk that is read only',
  ENAMETOOLONG: 'its name is too long',
};

/** What went wrong with a file, in words that help; any other error is given back. */
export function explainFileError(error: unknown, out: string): unknown {
  const reason = REASONS[codeOf(error) ?? ''];
  if (reason === undefined || error instanceof UserError) return error;
  const message =
    out === STDOUT
      ? `Cannot write to standard output: ${reason}. What was written is not whole.`
      : `Cannot write ${out}: ${reason}. Nothing of this export is left there.`;
  return new UserError(`${message} (${messageOf(error)})`, { cause: error });
}
