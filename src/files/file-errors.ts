import {DlTradeError} from '../domain/errors.js';

const READ_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist; check the path',
  ENOTDIR: 'does not exist; check the path',
  EISDIR: 'is a directory; name a file in it',
  EACCES: 'may not be read; check its permissions',
  EPERM: 'may not be read; check its permissions',
  ENAMETOOLONG: 'has too long a name; check the path',
  Z_BUF_ERROR: 'ends in the middle of its compressed data; fetch it again',
  Z_DATA_ERROR: 'holds damaged compressed data; fetch it again',
};

const WRITE_REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk; free some or write elsewhere',
  EDQUOT: 'the disk quota is used up; free some space or write elsewhere',
  EFBIG: 'the file would grow beyond the size that is allowed; write elsewhere',
  ENOENT: 'its folder does not exist; create it first',
  ENOTDIR: 'its folder does not exist; create it first',
  EISDIR: 'it is a directory; name a file in it',
  EEXIST: 'a file stands where a folder is wanted; name another place',
  EACCES: 'there is no permission to write there',
  EPERM: 'there is no permission to write there',
  EROFS: 'the disk is read-only',
  EPIPE: 'the reader has closed the pipe',
  ENAMETOOLONG: 'the name is too long',
};

/** The system's name for what went wrong, such as `ENOENT`; `undefined` for an error that is not the system's. */
export function systemCode(cause: unknown): string | undefined {
  const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function reasonOf(cause: unknown, reasons: Readonly<Record<string, string>>): string {
  const code = systemCode(cause);
  return (
    (code === undefined ? undefined : reasons[code])
    ?? (cause instanceof Error ? cause.message.split('\n', 1)[0]! : String(cause))
  );
}

/** What to throw where reading `path` failed; an error that already says so passes through.
 *  @returns FILE_UNREADABLE with the path and what to do */
export function unreadable(path: string, cause: unknown): DlTradeError {
  if (cause instanceof DlTradeError) return cause;
  const reason = reasonOf(cause, READ_REASONS);
  return new DlTradeError('FILE_UNREADABLE', `"${path}" ${reason}`, {
    cause,
    details: {path, systemCode: systemCode(cause)},
  });
}

/** What to throw where writing `path` failed; an error that already says so passes through.
 *  @returns OUTPUT_FAILED with the path and what to do */
export function outputFailed(path: string, cause: unknown): DlTradeError {
  if (cause instanceof DlTradeError) return cause;
  const reason = reasonOf(cause, WRITE_REASONS);
  return new DlTradeError('OUTPUT_FAILED', `"${path}" could not be written: ${reason}`, {
    cause,
    details: {path, systemCode: systemCode(cause)},
  });
}
