// Sentences that are said in several places.

const article = (name: string) => (/^[aeiou]/i.test(name) ? "an" : "a");

/** Such as "a lizard". */
export function oneOf(name: string): string {
  return `${article(name)} ${name}`;
}

/** What a touch does. */
export function touchSentence(host: string, becomes: string): string {
  return `Touch the ${host}: it becomes ${becomes}.`;
}

/** An error as a sentence for people. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`;
}
