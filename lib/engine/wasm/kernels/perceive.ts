// Perception: K fixed 3x3 filters over every channel, for a tile of 8 listed cells; and its gradient.
//
// State is [rows][stride][channels], padded with zeros (on a torus with copies: torus.ts) so that every listed cell has 8 neighbours in memory.
// Filter table, per filter: count, then count x (byte offset of the neighbour, weight). Zero weights are left out.
// Scatter table, per neighbour: byte offset, count, then count x (byte offset of the filter's features, weight).

import { madd } from "./madd";
import { halfBytes } from "./tile";
import { storeTransposed } from "./transpose";

@inline
function cellAddress(state: usize, cells: usize, index: i32, cellBytes: usize): usize {
  return state + <usize>load<u32>(cells + (<usize>index << 2)) * cellBytes;
}

/** y[filter * channels + channel] of the cells[8] */
export function perceive(state: usize, cells: usize, y: usize, table: usize, filters: i32, channels: i32): void {
  const cellBytes = <usize>channels << 2;
  for (let half = 0; half < 2; half++) {
    const c0 = cellAddress(state, cells, half * 4, cellBytes);
    const c1 = cellAddress(state, cells, half * 4 + 1, cellBytes);
    const c2 = cellAddress(state, cells, half * 4 + 2, cellBytes);
    const c3 = cellAddress(state, cells, half * 4 + 3, cellBytes);
    let out = y + <usize>half * halfBytes(filters * channels);
    let filter = table;
    for (let k = 0; k < filters; k++) {
      const entries = filter + 4;
      const end = entries + (<usize>load<u32>(filter) << 3);
      for (let channel: usize = 0; channel < cellBytes; channel += 16) {
        let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
        for (let entry = entries; entry < end; entry += 8) {
          const offset = <usize>load<i32>(entry) + channel;
          const weight = v128.load32_splat(entry, 4);
          a0 = madd(a0, weight, v128.load(c0 + offset));
          a1 = madd(a1, weight, v128.load(c1 + offset));
          a2 = madd(a2, weight, v128.load(c2 + offset));
          a3 = madd(a3, weight, v128.load(c3 + offset));
        }
        storeTransposed(a0, a1, a2, a3, out, 16);
        out += 64;
      }
      filter = end;
    }
  }
}

/** dState[cell + neighbour] += weight * dy[filter], for the cells[8] in their order; rows is scratch, [4][features] */
export function perceiveBackward(
  dState: usize, cells: usize, dy: usize, rows: usize, table: usize, filters: i32, channels: i32,
): void {
  const cellBytes = <usize>channels << 2;
  const rowBytes = cellBytes * filters;
  for (let half = 0; half < 2; half++) {
    const input = dy + <usize>half * halfBytes(filters * channels);
    for (let f: usize = 0; f < rowBytes; f += 16) {
      const at = input + (f << 2);
      storeTransposed(v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48), rows + f, rowBytes);
    }
    for (let lane = 0; lane < 4; lane++) {
      const cell = cellAddress(dState, cells, half * 4 + lane, cellBytes);
      const row = rows + rowBytes * lane;
      let neighbour = table;
      for (let j = 0; j < 9; j++) {
        const to = cell + <usize>load<i32>(neighbour);
        const entries = neighbour + 8;
        const end = entries + (<usize>load<u32>(neighbour, 4) << 3);
        neighbour = end;
        if (entries == end) continue;
        for (let channel: usize = 0; channel < cellBytes; channel += 16) {
          let sum = v128.load(to + channel);
          for (let entry = entries; entry < end; entry += 8) {
            const weight = v128.load32_splat(entry, 4);
            sum = madd(sum, weight, v128.load(row + <usize>load<u32>(entry) + channel));
          }
          v128.store(to + channel, sum);
        }
      }
    }
  }
}
