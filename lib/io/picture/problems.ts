// Exit codes by which the process that decodes a picture tells what is wrong; other codes are those of a crash.
export const PROBLEMS = { broken: 70, large: 71, noDecoder: 72 } as const;
