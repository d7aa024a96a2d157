// What a leader keeps of a span of tiles, so that the gradients of the weights can be summed unit after unit: the tiles'
// perception, and for every hidden unit its values and their gradients, [unit][tile][8], where it is live. A mask of a
// unit has a bit for each half of a tile, and tells where that is.

import * as L from "../layout";
import { field, job } from "./job";
import { hiddenOf, liveOf, tileBytes, unitsOf } from "./tile";

/** Where the masks from this tile of a leader's span on lie. */
@inline
export function masksFrom(leader: usize, tile: i32): usize {
  return field(leader, L.LIVE_TILES) + <usize>(tile / L.MASK_TILES) * <usize>job(L.MASK_BYTES);
}

/** Forgets which units are live in the MASK_TILES tiles of a span from this one on. */
export function clearMasks(leader: usize, tile: i32): void {
  memory.fill(masksFrom(leader, tile), 0, <usize>job(L.MASK_BYTES));
}

/** A mask of all halves that a group has: fewer in the last of a span. */
@inline
export function halvesOf(leader: usize, firstTile: i32): u64 {
  const tiles = <i32>field(leader, L.SHARE_TILES) - firstTile;
  return tiles >= L.GROUP ? -1 : (<u64>1 << (2 * tiles)) - 1;
}

/** Those of a group's halves in which a unit is live; `masks` are those from its first tile on, `bytes` apart. */
@inline
export function liveHalves(masks: usize, bytes: usize, unit: usize, halves: u64): u64 {
  const at = masks + (unit << 1);
  return (<u64>load<u16>(at) | (<u64>load<u16>(at + bytes) << 16) | (<u64>load<u16>(at + 2 * bytes) << 32)
    | (<u64>load<u16>(at + 3 * bytes) << 48)) & halves;
}

/** Keeps a tile, of this number in its span, whose live units have the gradients dh[live][8]. */
export function keepTile(leader: usize, number: i32, tile: usize, dh: usize): void {
  const perceptionBytes = tileBytes(job(L.CHANNELS) * job(L.FILTERS));
  memory.copy(field(leader, L.PERCEPTION) + <usize>number * perceptionBytes, tile, perceptionBytes);
  const bytes = <usize>job(L.UNIT_BYTES);
  const hUnits = field(leader, L.H_UNITS) + (<usize>number << 5);
  const dUnits = field(leader, L.D_UNITS) + (<usize>number << 5);
  const masks = masksFrom(leader, number);
  const shift = 2 * (number & (L.MASK_TILES - 1));
  let units = unitsOf(tile);
  let h = hiddenOf(tile);
  for (const end = h + (<usize>load<i32>(liveOf(tile)) << 5); h < end; h += 32) {
    const unit = <usize>load<u16>(units);
    const at = unit * bytes;
    const low = v128.load(h);
    const high = v128.load(h, 16);
    v128.store(hUnits + at, low);
    v128.store(hUnits + at, high, 16);
    v128.store(dUnits + at, v128.load(dh));
    v128.store(dUnits + at, v128.load(dh, 16), 16);
    const halves = u32(v128.any_true(low)) | (u32(v128.any_true(high)) << 1);
    const mask = masks + (unit << 1);
    store<u16>(mask, <u16>(<u32>load<u16>(mask) | (halves << shift)));
    units += 2;
    dh += 32;
  }
}
