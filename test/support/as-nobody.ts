/** The user `nobody` of most systems. */
const NOBODY = 65_534;

/** Does something as a user whom permissions bind, which they do not where tests run as root, as they often do in containers.
 *  @param work takes no time of its own: whatever else this process does meanwhile is done as that user too */
export function asNobody<T>(work: () => T): T {
  if (process.getuid?.() !== 0) return work();
  process.seteuid!(NOBODY);
  try {
    return work();
  } finally {
    process.seteuid!(0);
  }
}
