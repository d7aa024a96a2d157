// What a playground shows, and the text that a page stores it as.

import { fromBase64, toBase64 } from "../cells/base64.js";
import { cellsOf, type Target } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";
import { checkComparable, checkTarget } from "../cells/picture-loss.js";
import { checkRule, type Rule } from "../rule/rule.js";
import type { SeededGrid } from "../rule/seeds.js";
import type { RuleSpec } from "../rule/spec.js";
import { checkStrains, type Strains } from "../rule/strains.js";
import { parametersOf, weightsOf } from "./weights.js";

/** One strain of a scene: its name, its rule, and the picture that it grows. */
export interface SceneStrain {
  readonly name: string;
  readonly rule: Rule;
  readonly target: Target;
}

/** Strains that meet on one grid; the first is the host. */
export interface Scene {
  readonly title: string;
  readonly strains: readonly SceneStrain[];
  /** As in `Strains`. */
  readonly spread: Strains["spread"];
  /** Whether each strain grows a body of its own, side by side with the others, to be compared. */
  readonly isApart?: boolean;
}

/** How so many strains spread, when each takes over those before it with this chance. */
export function spreadOf(count: number, chance: number): Strains["spread"] {
  return Array.from({ length: count }, (_, s) =>
    Array.from({ length: count }, (_, t) => (t < s ? chance : 0)),
  );
}

/** A scene in which every strain takes over those before it with this chance: host, infection, cure. */
export function sceneOf(title: string, strains: readonly SceneStrain[], chance: number): Scene {
  return { title, strains, spread: spreadOf(strains.length, chance) };
}

/** A scene of bodies that stand side by side, one for each strain: none takes over another. */
export function sceneApart(title: string, strains: readonly SceneStrain[]): Scene {
  return { ...sceneOf(title, strains, 0), isApart: true };
}

/** A scene as a page stores it: numbers as base64. */
interface PackedScene {
  readonly title: string;
  readonly spread: Scene["spread"];
  readonly isApart?: boolean;
  readonly strains: readonly {
    readonly name: string;
    readonly spec: RuleSpec;
    readonly weights: string;
    readonly grid?: SeededGrid;
    readonly target: { readonly height: number; readonly width: number; readonly rgba: string };
  }[];
}

/**
 * Scenes as JSON; a target is rounded to 8 bits.
 *
 * @throws InvalidInputError for no scene, a rule or target that cannot be used, strains that do not go together, or
 *   targets of a scene that differ in size.
 */
export function packScenes(scenes: readonly Scene[]): string {
  if (scenes.length === 0) throw new InvalidInputError("A playground needs at least one scene.");
  const packed = scenes.map(({ title, strains, spread, isApart }): PackedScene => {
    checkStrains({ rules: strains.map(({ rule }) => rule), spread });
    for (const { rule, target } of strains) {
      checkRule(rule);
      checkTarget(target);
      checkComparable({ ...target, premultiplied: rule.spec.premultiplied }, target);
    }
    const sizes = new Set(strains.map(({ target: { height, width } }) => `${height} x ${width}`));
    if (sizes.size > 1)
      throw new InvalidInputError(`The targets of "${title}" differ in size: ${[...sizes]}.`);
    return {
      title,
      spread,
      isApart,
      strains: strains.map(({ name, rule, target: { height, width, data } }) => ({
        name,
        spec: rule.spec,
        weights: toBase64(new Uint8Array(weightsOf(rule.parameters).buffer)),
        grid: rule.grid,
        target: { height, width, rgba: toBase64(Uint8Array.from(data, (x) => Math.round(255 * x))) },
      })),
    };
  });
  return JSON.stringify(packed);
}

export function unpackScenes(json: string): Scene[] {
  return (JSON.parse(json) as PackedScene[]).map(({ title, spread, isApart, strains }) => ({
    title,
    spread,
    isApart,
    strains: strains.map(({ name, spec, weights, grid, target: { height, width, rgba } }) => ({
      name,
      rule: { spec, parameters: parametersOf(new Float32Array(fromBase64(weights).buffer), spec), grid },
      target: cellsOf(
        Float32Array.from(fromBase64(rgba), (x) => x / 255),
        {
          height,
          width,
          premultiplied: spec.premultiplied,
        },
      ),
    })),
  }));
}
