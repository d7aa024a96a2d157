// The running kernel, if this process is one: tslab's or Deno's. Importing "tslab" here could find another copy than the
// kernel's own, whose display is never ready; the kernel's `require` hands out the right one.

import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";

/**
 * One output in all the forms in which it may be shown, by MIME type: text, bytes or JSON. A reader's program takes the
 * richest that it knows.
 */
export type Output = Readonly<Record<string, string | Uint8Array | object>>;

/** Puts an output into its place, over what is there. */
export type Place = (output: Output) => void;

/** What a notebook's cell can put below itself. */
export interface Notebook {
  /** A place of its own below the cell that runs. */
  readonly newPlace: () => Place;
}

/** Sends one output as Jupyter's protocol has it; `isUpdate` replaces what bears the same display id. */
type Send = (content: object, isUpdate?: boolean) => void;

interface TslabDisplay {
  raw(contentType: string, content: string | Uint8Array): void;
}

/** Source: https://docs.deno.com/api/deno/~/Deno.jupyter. Reading `jupyter` throws outside of Deno's kernel. */
interface Deno {
  readonly jupyter: {
    broadcast(type: "display_data" | "update_display_data", content: object): Promise<void>;
  };
}

/** Source: tslab 1.0.22, dist/executor.js: cells run with `__tslab__.require`, which knows "tslab". */
interface KernelGlobal {
  readonly __tslab__?: { require(id: "tslab"): { newDisplay(): TslabDisplay } };
  readonly Deno?: Deno;
}

/** Forms that a place of tslab's own shows, which holds one alone: the first of these that an output has. */
const ALONE = ["text/html", "image/png", "text/plain"];

/** The notebook that this process runs for, or undefined outside of one. */
export function notebook(): Notebook | undefined {
  const { __tslab__: kernel, Deno: deno } = globalThis as KernelGlobal;
  if (deno) return notebookOfDeno(deno);
  if (!kernel) return undefined;
  const send = senderOfTslab();
  return { newPlace: send ? () => placeOf(send) : () => placeAlone(kernel.require("tslab").newDisplay()) };
}

function notebookOfDeno(deno: Deno): Notebook | undefined {
  try {
    const { jupyter } = deno;
    const send: Send = (content, isUpdate) =>
      void jupyter.broadcast(isUpdate ? "update_display_data" : "display_data", content);
    return { newPlace: () => placeOf(send) };
  } catch {
    return undefined;
  }
}

/**
 * How tslab sends an output of several forms, which its public display cannot. Source: tslab 1.0.22,
 * dist/jupyter.js: `lastWriteDisplayData`; the modules of CommonJS that are loaded are all in one cache.
 */
function senderOfTslab(): Send | undefined {
  const { cache } = createRequire(import.meta.url);
  const loaded = Object.entries(cache).find(([path]) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(path));
  return (loaded?.[1]?.exports as { lastWriteDisplayData?: Send } | undefined)?.lastWriteDisplayData;
}

function placeOf(send: Send): Place {
  const transient = { display_id: randomUUID() };
  let isUpdate = false;
  return (output) => {
    const forms = Object.entries(output).map(([type, content]) => [type, encoded(content)]);
    send({ data: Object.fromEntries(forms), metadata: {}, transient }, isUpdate);
    isUpdate = true;
  };
}

function encoded(content: Output[string]): string | object {
  return content instanceof Uint8Array ? Buffer.from(content).toString("base64") : content;
}

function placeAlone(display: TslabDisplay): Place {
  return (output) => {
    const type = ALONE.find((type) => type in output);
    const content = type && output[type];
    if (typeof content === "string" || content instanceof Uint8Array) display.raw(type!, content);
  };
}
