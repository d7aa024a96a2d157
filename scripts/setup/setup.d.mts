/** Gives npm, and what this process starts, a cache that it can write. */
export function ensureNpmCache(env?: NodeJS.ProcessEnv): void;
/** Why this version of Node will not do, or nothing where it will. */
export function nodeProblem(version?: string): string | undefined;
