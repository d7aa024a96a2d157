import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { deflateSync } from "node:zlib";
import { createCanvas, loadImage } from "canvas";
import { encode } from "fast-png";
import { FileError } from "../../lib/cells/errors.js";
import { decodePng } from "../../lib/io/picture/png.js";
import { makePng, type PngParts } from "./make-png.js";

const GREY = 0;
const RGB = 2;
const PALETTE = 3;
const GREY_ALPHA = 4;
const RGBA = 6;
const COLOURS = [255, 0, 0, 0, 255, 0, 0, 0, 255]; // red, green, blue
const RED = [1, 0, 0, 1];
const GREEN = [0, 1, 0, 1];
const BLUE = [0, 0, 1, 1];

const small = (depth: number, colourType: number, rows: number[], more: Partial<PngParts> = {}) => ({
  ...{ width: 2, height: 1, depth, colourType, rows: [0, ...rows] },
  ...more,
});

const KINDS: [string, PngParts, number[][]][] = [
  [
    "8-bit grey",
    small(8, GREY, [0, 51]),
    [
      [0, 0, 0, 1],
      [0.2, 0.2, 0.2, 1],
    ],
  ],
  [
    "16-bit grey",
    small(16, GREY, [0, 1, 255, 255]),
    [
      [1 / 65535, 1 / 65535, 1 / 65535, 1],
      [1, 1, 1, 1],
    ],
  ],
  [
    "8-bit grey and alpha",
    small(8, GREY_ALPHA, [255, 51, 0, 255]),
    [
      [1, 1, 1, 0.2],
      [0, 0, 0, 1],
    ],
  ],
  [
    "16-bit grey and alpha",
    small(16, GREY_ALPHA, [255, 255, 51, 51, 0, 0, 0, 0]),
    [
      [1, 1, 1, 0.2],
      [0, 0, 0, 0],
    ],
  ],
  ["8-bit RGB", small(8, RGB, [255, 0, 51, 0, 0, 255]), [[1, 0, 0.2, 1], BLUE]],
  ["16-bit RGB", small(16, RGB, [255, 255, 0, 0, 51, 51, 0, 0, 0, 0, 255, 255]), [[1, 0, 0.2, 1], BLUE]],
  [
    "8-bit RGBA stays straight",
    small(8, RGBA, [255, 0, 0, 51, 0, 0, 255, 0]),
    [
      [1, 0, 0, 0.2],
      [0, 0, 1, 0],
    ],
  ],
  [
    "16-bit RGBA",
    small(16, RGBA, [255, 255, 0, 0, 0, 0, 51, 51, 0, 0, 0, 0, 255, 255, 255, 255]),
    [[1, 0, 0, 0.2], BLUE],
  ],
  ["8-bit palette", small(8, PALETTE, [2, 1], { extra: [["PLTE", COLOURS]] }), [BLUE, GREEN]],
  [
    "palette with transparency, shorter than the palette",
    small(8, PALETTE, [0, 2], {
      extra: [
        ["PLTE", COLOURS],
        ["tRNS", [51]],
      ],
    }),
    [[1, 0, 0, 0.2], BLUE],
  ],
  [
    "grey with one transparent level",
    small(8, GREY, [7, 255], { extra: [["tRNS", [0, 7]]] }),
    [
      [7 / 255, 7 / 255, 7 / 255, 0],
      [1, 1, 1, 1],
    ],
  ],
  [
    "RGB with one transparent colour, of which all three samples must match",
    small(8, RGB, [255, 0, 0, 255, 0, 1, 0, 0, 0], { width: 3, extra: [["tRNS", [0, 255, 0, 0, 0, 0]]] }),
    [
      [1, 0, 0, 0],
      [1, 0, 1 / 255, 1],
      [0, 0, 0, 1],
    ],
  ],
  [
    "1-bit grey, rows padded to bytes",
    small(1, GREY, [0b10000000, 0, 0b01000000], { height: 2 }),
    [
      [1, 1, 1, 1],
      [0, 0, 0, 1],
      [0, 0, 0, 1],
      [1, 1, 1, 1],
    ],
  ],
  [
    "2-bit grey",
    small(2, GREY, [0b11010000]),
    [
      [1, 1, 1, 1],
      [1 / 3, 1 / 3, 1 / 3, 1],
    ],
  ],
  [
    "4-bit grey",
    small(4, GREY, [0x3f]),
    [
      [0.2, 0.2, 0.2, 1],
      [1, 1, 1, 1],
    ],
  ],
  [
    "4-bit grey with a transparent level",
    small(4, GREY, [0x3f], { extra: [["tRNS", [0, 3]]] }),
    [
      [0.2, 0.2, 0.2, 0],
      [1, 1, 1, 1],
    ],
  ],
  ["1-bit palette", small(1, PALETTE, [0b01000000], { extra: [["PLTE", COLOURS]] }), [RED, GREEN]],
  [
    "2-bit palette over a byte",
    small(2, PALETTE, [0b00011000, 0b10000000], { width: 5, extra: [["PLTE", COLOURS]] }),
    [RED, GREEN, BLUE, RED, BLUE],
  ],
  [
    "RGB that only suggests a palette",
    small(8, RGB, [0, 0, 0, 0, 0, 255], { extra: [["PLTE", COLOURS]] }),
    [[0, 0, 0, 1], BLUE],
  ],
  [
    "RGBA with broken text and colour profile",
    small(8, RGBA, [255, 0, 0, 255, 0, 0, 255, 255], {
      extra: [
        ["tEXt", [1]],
        ["iCCP", [9, 9]],
      ],
    }),
    [RED, BLUE],
  ],
  [
    "all five row filters",
    {
      ...{ width: 2, height: 5, depth: 8, colourType: GREY },
      rows: [0, 10, 20, 1, 10, 10, 2, 5, 5, 3, 3, 1, 4, 1, 2],
    },
    [10, 20, 10, 20, 15, 25, 10, 18, 11, 20].map((v) => [v / 255, v / 255, v / 255, 1]),
  ],
  [
    "interlaced",
    {
      ...{ width: 3, height: 2, depth: 8, colourType: GREY, interlace: 1 },
      rows: [0, 0, 0, 102, 0, 51, 0, 153, 204, 255], // passes 1: (0,0), 4: (2,0), 6: (1,0), 7: the second row
    },
    [0, 0.2, 0.4, 0.6, 0.8, 1].map((v) => [v, v, v, 1]),
  ],
];

for (const [name, parts, expected] of KINDS) {
  test(`reads ${name}`, () => {
    const { data, height, width } = decodePng(makePng(parts));
    assert.deepEqual([height, width], [parts.height, parts.width]);
    assert.deepEqual(Array.from(data), Array.from(Float32Array.from(expected.flat())));
  });
}

test("reads what fast-png writes, plain and interlaced, 8 and 16 bits", () => {
  for (const depth of [8, 16] as const) {
    const values = Array.from({ length: 13 * 11 * 4 }, (_, i) => (i * 2654435761) % 2 ** depth);
    const data = depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
    for (const interlace of ["null", "Adam7"] as const) {
      const picture = decodePng(encode({ width: 13, height: 11, channels: 4, depth, data }, { interlace }));
      assert.deepEqual(
        picture.data,
        Float32Array.from(values, (value) => value / (2 ** depth - 1)),
      );
    }
  }
});

test("reads a target as canvas does", async () => {
  const png = readFileSync(new URL("../../../targets/lizard.png", import.meta.url));
  const context = createCanvas(128, 128).getContext("2d");
  context.drawImage(await loadImage(png), 0, 0);
  const pixels = context.getImageData(0, 0, 128, 128).data;
  const { data } = decodePng(png);
  for (let i = 0; i < pixels.length; i++) {
    if (i % 4 === 3 || pixels[i | 3] === 255)
      assert.equal(Math.round(data[i] * 255), pixels[i], `sample ${i}`);
  }
});

test("takes bytes in the middle of a larger buffer", () => {
  const png = makePng(small(8, RGB, [255, 0, 0, 0, 0, 255]));
  const inside = Buffer.concat([Buffer.alloc(5), png, Buffer.alloc(5)]).subarray(5, 5 + png.length);
  assert.deepEqual(Array.from(decodePng(inside).data), [...RED, ...BLUE]);
});

/** The passes of an interlaced picture, in order: the first pixel, and the steps to the next. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** Rows as they are stored, unfiltered: of the whole picture, or of its passes one after the other. */
function packedRows(samples: number[][], depth: number, interlaced: boolean): number[] {
  const passes = interlaced ? PASSES : [[0, 0, 1, 1]];
  return passes.flatMap(([x, y, dx, dy]) => {
    const rows = samples.filter((_, row) => row >= y && (row - y) % dy === 0);
    const kept = rows.map((row) => row.filter((_, column) => column >= x && (column - x) % dx === 0));
    return kept.flatMap((row) => {
      const bits = row.map((sample) => sample.toString(2).padStart(depth, "0")).join("");
      const bytes = bits.padEnd(8 * Math.ceil(bits.length / 8), "0").match(/.{8}/g) ?? [];
      return bytes.length > 0 ? [0, ...bytes.map((byte) => Number.parseInt(byte, 2))] : [];
    });
  });
}

for (const depth of [1, 2, 4]) {
  test(`reads ${depth}-bit pictures of any size the same whether they are interlaced or not`, () => {
    const colours = Array.from({ length: 3 * 2 ** depth }, (_, i) => (i * 91) & 255);
    const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 13];
    for (const width of sizes) {
      for (const height of sizes) {
        const samples = Array.from({ length: height }, (_, y) =>
          Array.from({ length: width }, (_, x) => (7 * x + 5 * y + x * y) % 2 ** depth),
        );
        const kinds: Partial<PngParts>[] = [
          { colourType: GREY, extra: [["tRNS", [0, 1]]] },
          { colourType: PALETTE, extra: [["PLTE", colours], ["tRNS", [9, 99]]] }, // biome-ignore format: two lines
        ];
        for (const kind of kinds) {
          const [plain, interlaced] = [0, 1].map((interlace) => {
            const rows = packedRows(samples, depth, interlace === 1);
            return decodePng(makePng({ width, height, depth, colourType: GREY, interlace, rows, ...kind }));
          });
          assert.deepEqual(interlaced, plain);
        }
      }
    }
  });
}

test("reads all five row filters of an interlaced 4-bit picture", () => {
  const rows = [0, 0x12, 0x30, 1, 0x12, 0x01, 2, 0x11, 0x11, 3, 0x10, 0x10, 4, 0x21, 0x10];
  const size = { width: 3, depth: 4, colourType: GREY };
  const others = new Array<number>(26).fill(0); // passes 1, 3, 4, 5 and 6; the seventh is every second row
  const { data } = decodePng(makePng({ ...size, height: 10, interlace: 1, rows: [...others, ...rows] }));
  const seventh = Array.from({ length: 5 }, (_, y) => data.subarray(12 * (2 * y + 1), 12 * (2 * y + 2)));
  const plain = decodePng(makePng({ ...size, height: 5, rows }));
  assert.deepEqual(
    seventh.flatMap((row) => [...row]),
    [...plain.data],
  );
});

test("refuses an interlaced 1-bit picture with any one bit wrong, or an unknown filter", () => {
  const small = { width: 3, height: 2, depth: 1, colourType: GREY, interlace: 1 };
  const rows = [0, 0, 0, 128, 0, 128, 0, 160]; // passes 1, 4, 6 and 7
  const png = makePng({ ...small, rows });
  decodePng(png);
  for (let at = 0; at < png.length; at++) {
    const broken = Buffer.from(png);
    broken[at] ^= 0x10;
    refuses(broken, /./);
  }
  refuses(makePng({ ...small, rows: [9, ...rows.slice(1)] }), /unknown filter 9/);
});

/** One line, naming the file. */
function refuses(bytes: Uint8Array, message: RegExp): void {
  assert.throws(
    () => decodePng(bytes, "x.png"),
    (error: Error) => {
      assert(error instanceof FileError, String(error));
      assert.match(error.message, message);
      assert.match(error.message, /^x\.png is [^\n]+\.$/);
      return true;
    },
  );
}

test("says what a file that is no PNG looks like", () => {
  refuses(Buffer.from("hello, I am text\n"), /looks like text starting with "hello, I am text\\n"/);
  refuses(Buffer.from("<svg xmlns="), /SVG/);
  refuses(Buffer.from([0xff, 0xd8, 0xff, 0xe0]), /JPEG/);
  refuses(Buffer.from("version https://git-lfs.github.com/spec/v1\n"), /Git LFS pointer/);
  refuses(Buffer.from([1, 2, 0xab]), /bytes 01 02 ab/);
  refuses(new Uint8Array(0), /the file is empty/);
});

test("refuses an empty or a huge picture from its header, without decoding or allocating", () => {
  refuses(makePng({ width: 0, height: 0, depth: 8, colourType: RGBA, rows: [] }), /empty picture: 0 x 0 px/);
  refuses(makePng({ width: 5, height: 0, depth: 8, colourType: RGBA, rows: [] }), /empty picture: 5 x 0 px/);
  const before = process.memoryUsage();
  refuses(
    makePng({ width: 20_000, height: 20_000, depth: 8, colourType: RGBA, rows: [] }),
    /too large: 20000 x 20000 px/,
  );
  refuses(
    makePng({ width: 4097, height: 4096, depth: 8, colourType: RGBA, rows: [] }),
    /4096 x 4096 px in all/,
  );
  refuses(makePng({ width: 16_385, height: 1, depth: 8, colourType: RGBA, rows: [] }), /at most 16384/);
  const grown = process.memoryUsage();
  assert(grown.arrayBuffers - before.arrayBuffers < 1e6);
});

test("refuses an impossible header", () => {
  refuses(makePng(small(4, RGB, [0])), /header says colour type 2, depth 4/);
  refuses(makePng(small(8, 5, [0])), /colour type 5/);
  refuses(makePng(small(8, GREY, [0, 0], { interlace: 2 })), /methods 0\/0\/2/);
});

test("refuses a picture cut short at any length", () => {
  const png = makePng(small(8, RGB, [1, 2, 3, 4, 5, 6], { extra: [["tEXt", [65, 0, 66]]] }));
  for (let length = 8; length < png.length; length++)
    refuses(png.subarray(0, length), /cut short: expected at least \d+ bytes/);
});

test("refuses a picture with any one bit wrong", () => {
  const png = makePng(small(8, PALETTE, [2, 1], { extra: [["PLTE", COLOURS]] }));
  for (let at = 0; at < png.length; at++) {
    const broken = Buffer.from(png);
    broken[at] ^= 0x10;
    refuses(broken, /./);
  }
});

test("refuses too little and too much data, a bomb included", () => {
  refuses(makePng(small(8, RGB, [1, 2, 3, 4, 5])), /expected 7 bytes of pixels, got 6/);
  refuses(makePng(small(8, RGB, [1, 2, 3, 4, 5, 6, 7])), /expected 7 bytes of pixels, got more than 7/);
  refuses(makePng(small(8, RGB, [], { data: deflateSync(new Uint8Array(0)) })), /got 0/);
  refuses(makePng(small(8, RGB, [], { data: Uint8Array.of(1, 2, 3) })), /does not decompress/);
  const bomb = deflateSync(new Uint8Array(5e7));
  bomb.fill(0xff, 20_000); // never reached: reading stops as soon as there is too much
  refuses(makePng(small(8, RGB, [], { data: bomb })), /got more than 7/);
});

test("refuses a palette that is missing or too short", () => {
  refuses(makePng(small(8, PALETTE, [0, 1])), /without a palette/);
  refuses(makePng(small(8, PALETTE, [0, 3], { extra: [["PLTE", COLOURS]] })), /colour 3 of a palette of 3/);
});
