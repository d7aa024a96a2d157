// A workload as files that every peer can read, whatever language it is written in: raw float32 and JSON.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PARAMETERS, type Parameters } from "../../lib/rule/rule.js";
import type { Workload } from "../workloads.js";

const floats = (bytes: Uint8Array) => new Float32Array(new Uint8Array(bytes).buffer);

export function writeWorkload(folder: string, { name, rule, cells, steps }: Workload): void {
  const { data, ...shape } = cells;
  writeFileSync(join(folder, "workload.json"), JSON.stringify({ name, steps, spec: rule.spec, shape }));
  writeFileSync(join(folder, "cells.f32"), data);
  for (const parameter of PARAMETERS)
    writeFileSync(join(folder, `${parameter}.f32`), rule.parameters[parameter]);
}

export function readWorkload(folder: string): Workload {
  const { name, steps, spec, shape } = JSON.parse(readFileSync(join(folder, "workload.json"), "utf8"));
  const parameters = Object.fromEntries(
    PARAMETERS.map((parameter) => [parameter, floats(readFileSync(join(folder, `${parameter}.f32`)))]),
  ) as Parameters;
  const data = floats(readFileSync(join(folder, "cells.f32")));
  return { name, steps, rule: { spec, parameters }, cells: { ...shape, data } };
}
