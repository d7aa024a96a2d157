/** A Python that has Jupyter, and the module that is its notebook server. */
export interface Jupyter {
  python: string;
  server: "notebook" | "jupyterlab";
}

export function findJupyter(): Jupyter | undefined;
export function installJupyter(): Jupyter | undefined;
export function requireJupyter(): Jupyter;
export function jupyterEnvironment(): NodeJS.ProcessEnv;
