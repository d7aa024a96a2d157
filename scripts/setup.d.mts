/** Why this version of Node will not do, or nothing where it will. */
export function nodeProblem(version?: string): string | undefined;
