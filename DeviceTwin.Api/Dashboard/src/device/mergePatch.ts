const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The merge patch (RFC 7396) that makes one object the other: null deletes, what is alike is left out. */
export const mergePatch = (
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Record<string, unknown> => {
  const patch: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, next] = [before[key], after[key]];
    if (!(key in after)) {
      patch[key] = null;
    } else if (isObject(old) && isObject(next)) {
      const inner = mergePatch(old, next);
      if (Object.keys(inner).length > 0) {
        patch[key] = inner;
      }
    } else if (JSON.stringify(old) !== JSON.stringify(next)) {
      patch[key] = next;
    }
  }
  return patch;
};
