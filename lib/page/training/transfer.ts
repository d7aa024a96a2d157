// Buffers that a message hands over instead of copying.

import type { News } from "./protocol.js";

export function transferOf(news: News): ArrayBuffer[] {
  if (news.kind === "step") return news.step.pictures.map(({ data }) => data.buffer as ArrayBuffer);
  if (news.kind === "state") return [news.state.buffer as ArrayBuffer];
  return [];
}
