// What the pointer does to a world.

import { isDrawn } from "../../rule/seeds.js";
import type { World } from "../world.js";
import type { Place } from "./stroke.js";

export const TOOLS = ["infect", "wound", "cure", "plant", "move"] as const;
export type Tool = (typeof TOOLS)[number];

const INFECT_RADIUS = 1.5;
const WOUND_RADIUS = 4;
/** A pen's, where cells are drawn. */
const INK_RADIUS = 1.2;
/** Sides of the grid that these are for. */
const USUAL_SIDE = 72;
/** Cells between the places of a stroke. */
export const STROKE_STEP = 1;

/** How far a tool reaches, in cells: less far in a small creature. */
export function radiusOf(tool: Tool, brush: number, { scene }: World): number {
  const [{ target }] = scene.strains;
  const small = Math.min(1, Math.max(target.height, target.width) / USUAL_SIDE);
  return (tool === "wound" ? WOUND_RADIUS * small : INFECT_RADIUS) * brush;
}

/** The strain that a tool gives; the host's for those that give none. */
export function strainOf(tool: Tool): number {
  return { infect: 1, cure: 2, wound: 0, plant: 0, move: 0 }[tool];
}

/** Whether a scene has what a tool needs. */
export function canUse(tool: Tool, { scene }: World): boolean {
  return strainOf(tool) < (scene.isApart ? 1 : scene.strains.length);
}

/** Uses a tool on a place: whole numbers are the middles of cells. Returns a sentence where nothing could come of it. */
export function use(world: World, tool: Tool, place: Place, brush: number, planted = 0): string {
  const radius = radiusOf(tool, brush, world);
  if (tool === "wound") for (const { x, y } of everyBody(world, place)) world.wound(x, y, radius);
  else if (tool === "plant" && isDrawn(world.spec)) world.draw(place.x, place.y, INK_RADIUS * brush);
  else if (tool === "plant")
    for (const { x, y, body } of everyBody(world, rounded(place)))
      world.plant(x, y, world.scene.isApart ? body : planted);
  else if (tool !== "move" && world.infect(place.x, place.y, radius, strainOf(tool)) === 0)
    return "There was nothing alive under your touch.";
  return "";
}

const rounded = ({ x, y }: Place): Place => ({ x: Math.round(x), y: Math.round(y) });

/** The same place in each body, where they stand side by side. */
function everyBody({ scene, cells }: World, { x, y }: Place): (Place & { readonly body: number })[] {
  const bodies = scene.isApart ? scene.strains.length : 1;
  const width = cells.width / bodies;
  return Array.from({ length: bodies }, (_, body) => ({ x: (x % width) + width * body, y, body }));
}
