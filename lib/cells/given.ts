// Options as people give them, where undefined means the same as not there.

/** The members of an object that are not undefined. */
export function givenIn<T extends object>(options: T): Partial<T> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<T>;
}
