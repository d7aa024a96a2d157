// What the pointer does to a world.

import type { World } from "../world.js";
import type { Place } from "./stroke.js";

export const TOOLS = ["infect", "wound", "cure", "plant", "move"] as const;
export type Tool = (typeof TOOLS)[number];

const INFECT_RADIUS = 1.5;
const WOUND_RADIUS = 4;
/** Cells between the places of a stroke. */
export const STROKE_STEP = 1;

/** How far a tool reaches, in cells. */
export function radiusOf(tool: Tool, brush: number): number {
  return (tool === "wound" ? WOUND_RADIUS : INFECT_RADIUS) * brush;
}

/** The strain that a tool gives; the host's for those that give none. */
export function strainOf(tool: Tool): number {
  return { infect: 1, cure: 2, wound: 0, plant: 0, move: 0 }[tool];
}

/** Whether a scene has what a tool needs. */
export function canUse(tool: Tool, { scene }: World): boolean {
  return strainOf(tool) < (scene.isApart ? 1 : scene.strains.length);
}

/** Uses a tool on a place, in cells. Returns a sentence where nothing could come of it. */
export function use(world: World, tool: Tool, { x, y }: Place, brush: number, strain = 0): string {
  const radius = radiusOf(tool, brush);
  const places = everyBody(world, { x, y });
  if (tool === "wound") for (const place of places) world.wound(place.x, place.y, radius);
  else if (tool === "plant")
    for (const place of places) world.plant(Math.floor(place.x), Math.floor(place.y), place.body + strain);
  else if (tool !== "move" && world.infect(x, y, radius, strainOf(tool)) === 0)
    return "Nothing lives there. Plant a seed, or touch what lives.";
  return "";
}

/** The same place in each body, where they stand side by side. */
function everyBody({ scene, cells }: World, { x, y }: Place): (Place & { readonly body: number })[] {
  const bodies = scene.isApart ? scene.strains.length : 1;
  const width = cells.width / bodies;
  return Array.from({ length: bodies }, (_, body) => ({ x: (x % width) + width * body, y, body }));
}
