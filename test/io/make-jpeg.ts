// Builds baseline JPEGs by hand: squares of 8 x 8 px in one colour each, in any number of components and with the
// metadata that other encoders do not write: an EXIF orientation, CMYK.

/** A row of squares, a colour each: one number (grey), three (RGB) or four (CMYK as Adobe stores it, 255 is no ink). */
export function makeJpeg(
  colours: readonly (readonly number[])[],
  more: readonly Uint8Array[] = [],
): Uint8Array {
  const components = colours[0].map((_, i) => i + 1);
  const size = [0, 8, 0, 8 * colours.length];
  return Buffer.concat([
    Uint8Array.of(0xff, 0xd8),
    ...more,
    segment(0xee, [...Buffer.from("Adobe"), 0, 100, 0, 0, 0, 0, 0]), // no transform: RGB and CMYK as they are
    segment(0xdb, [0, ...new Array<number>(64).fill(1)]),
    segment(0xc0, [8, ...size, components.length, ...components.flatMap((id) => [id, 0x11, 0])]),
    segment(0xc4, [0x00, 0, 0, 0, 12, ...new Array<number>(12).fill(0), ...Array(12).keys()]), // a code of 4 bits a category
    segment(0xc4, [0x10, 1, ...new Array<number>(15).fill(0), 0]), // the end of a block alone: the bit 0
    segment(0xda, [components.length, ...components.flatMap((id) => [id, 0]), 0, 63, 0]),
    entropyCoded(colours),
    Uint8Array.of(0xff, 0xd9),
  ]);
}

function segment(marker: number, content: readonly number[]): Uint8Array {
  const length = content.length + 2;
  return Uint8Array.of(0xff, marker, length >> 8, length & 255, ...content);
}

/** Every block's mean, as the difference to the one before it. */
function entropyCoded(colours: readonly (readonly number[])[]): Uint8Array {
  const last = colours[0].map(() => 0);
  let bits = "";
  for (const colour of colours) {
    colour.forEach((value, c) => {
      const mean = 8 * (value - 128);
      const step = mean - last[c];
      last[c] = mean;
      const category = step === 0 ? 0 : Math.abs(step).toString(2).length;
      const written = step < 0 ? step + 2 ** category - 1 : step;
      bits +=
        category.toString(2).padStart(4, "0") +
        (category ? written.toString(2).padStart(category, "0") : "") +
        "0";
    });
  }
  const bytes = bits.padEnd(8 * Math.ceil(bits.length / 8), "1").match(/.{8}/g) ?? [];
  return Uint8Array.from(
    bytes.flatMap((byte) => (byte === "11111111" ? [0xff, 0] : [Number.parseInt(byte, 2)])),
  );
}

/** A segment that says how the camera was held, 1 to 8, with numbers of either byte order. */
export function exif(orientation: number, little: boolean): Uint8Array {
  const numbers = (bytes: number[]) => (little ? [...bytes].reverse() : bytes);
  const entry = [
    [1, 0x12],
    [0, 3],
    [0, 0, 0, 1],
    [0, orientation],
  ].flatMap(numbers);
  const tiff = [
    ...Buffer.from(little ? "II" : "MM"),
    ...[
      [0, 42],
      [0, 0, 0, 8],
      [0, 1],
    ].flatMap(numbers),
  ];
  return segment(0xe1, [...Buffer.from("Exif\0\0"), ...tiff, ...entry, 0, 0, 0, 0, 0, 0]);
}
