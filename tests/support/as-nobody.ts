const NOBODY_UID = 65_534

/** Runs `work` without the rights of root, which may write everywhere. */
export function asNobody<T>(work: () => T): T {
  if (process.getuid?.() !== 0) return work()
  process.seteuid?.(NOBODY_UID)
  try {
    return work()
  } finally {
    process.seteuid?.(0)
  }
}
