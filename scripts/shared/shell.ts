// Words of a command line, as a shell takes them and as it hands them on.

/** A word as one types it. */
export function quoted(text: string): string {
  return /^[\w./:=,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The words that a shell hands on from a line of `quoted` ones. */
export function wordsOf(line: string): string[] {
  const words = line.matchAll(/(?:'[^']*'|\\'|[^\s'])+/g);
  return [...words].map(([word]) => word.replace(/'([^']*)'|\\'/g, (_, inside) => inside ?? "'"));
}
