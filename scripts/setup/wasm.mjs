// Reads WebAssembly binaries as far as the build must know them.
// Format: https://webassembly.github.io/spec/core/binary/modules.html

const HEADER_BYTES = 8;
const DATA = 11;

/**
 * The numbers of a binary's sections, in their order.
 *
 * @param {Uint8Array} bytes
 */
export function sectionsOf(bytes) {
  const sections = [];
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    sections.push(bytes[at++]);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]; // LEB128: seven bits per byte, the lowest first
      size += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    at += size;
  }
  return sections;
}

/**
 * Whether a binary writes something into memory when it starts: strings, static arrays.
 *
 * @param {Uint8Array} bytes
 */
export function hasStaticData(bytes) {
  return sectionsOf(bytes).includes(DATA);
}
