import assert from "node:assert/strict";
import test from "node:test";
import { FileError } from "../../lib/cells/errors.js";
import { formatOf } from "../../lib/io/picture/kind.js";
import { drawableSvg } from "../../lib/io/picture/svg.js";

const XMLNS = 'xmlns="http://www.w3.org/2000/svg"';
const bytesOf = (text: string) => new TextEncoder().encode(text);
const svg = (attributes: string, inner = "") => `<svg ${XMLNS} ${attributes}>${inner}</svg>`;

/** The size that an SVG is drawn at, and its viewBox. */
function drawn(attributes: string): string {
  const text = drawableSvg(bytesOf(svg(attributes)), 100, "a.svg");
  const value = (name: string) => text.match(new RegExp(`\\s${name}="([^"]*)"`, "g"));
  for (const name of ["width", "height", "viewBox"]) assert.equal(value(name)?.length, 1, text);
  return (
    text.replace(/^.* width="(\d+)" height="(\d+)".*$/, "$1 $2") +
    text.replace(/^.*viewBox=("[^"]*").*$/, " $1")
  );
}

test("an SVG is drawn as long as it is told to be, in its own proportions", () => {
  assert.equal(drawn('viewBox="0 0 36 18"'), '100 50 "0 0 36 18"');
  assert.equal(drawn('viewBox="-1,-2, 10,20"'), '50 100 "-1,-2, 10,20"');
  assert.equal(drawn('width="10" height="20"'), '50 100 "0 0 10 20"');
  assert.equal(drawn("width='1in' height='48px'"), '100 50 "0 0 96 48"');
  assert.equal(drawn('width="210mm" height="10.5cm" viewBox="0 0 9 9"'), '100 50 "0 0 9 9"');
  assert.equal(drawn('width="100%" height="100%" viewBox="0 0 4 8"'), '50 100 "0 0 4 8"');
  assert.equal(drawn('width="1e9" height="1" viewBox="0 0 4 8"'), '50 100 "0 0 4 8"');
  assert.equal(drawn('width="1000" height="1"'), '100 1 "0 0 1000 1"');
  assert.equal(drawn(""), '100 50 "0 0 300 150"');
  assert.match(
    drawableSvg(bytesOf('<svg inkscape:width="3" viewBox="0 0 2 2"/>'), 8, "a"),
    /inkscape:width="3".* width="8"/,
  );
});

test("an SVG is told by its first element, whatever comes before it, in any encoding of Unicode", () => {
  const plain = svg('viewBox="0 0 1 1"');
  const doctype =
    '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">';
  const texts = [
    plain,
    `\ufeff${plain}`,
    `\ufeff<?xml version="1.0"?>\n${plain}`,
    `<?xml version="1.0" encoding="ISO-8859-1"?><!-- made <by> hand -->\n<!-- é -->${doctype}\n${plain}`,
    ` \n ${plain.replaceAll("<svg", "<s:svg").replaceAll("</svg", "</s:svg")}`,
  ];
  for (const text of texts) {
    assert.equal(formatOf(bytesOf(text)), "svg", text);
    assert.match(drawableSvg(bytesOf(text), 8, "a"), /^<(s:)?svg .*width="8"/);
  }
  const littleEndian = Buffer.from(`\ufeff${plain}`, "utf16le");
  for (const bytes of [littleEndian, Buffer.from(littleEndian).swap16()]) {
    assert.equal(formatOf(bytes), "svg");
    assert.match(drawableSvg(bytes, 8, "a"), /^<svg /);
  }
  assert.equal(formatOf(bytesOf("<html><svg/></html>")), undefined);
  assert.equal(formatOf(bytesOf("<?xml version='1.0'?><plist/>")), undefined);
});

function refuses(inner: string, message: RegExp, attributes = 'viewBox="0 0 1 1"'): void {
  assert.throws(
    () => drawableSvg(bytesOf(svg(attributes, inner)), 8, "a.svg"),
    (error: Error) => {
      assert(error instanceof FileError, `${error}`);
      assert.match(error.message, message);
      assert.match(error.message, /^a\.svg is [^\n]+\.$/);
      return true;
    },
  );
}

test("an SVG that needs anything outside of itself is refused", () => {
  for (const link of [
    '<image href="http://example.org/a.png"/>',
    '<image xlink:href="https://example.org/a.png"/>',
    "<image xlink:href = ' file:///etc/passwd'/>",
    '<use href="other.svg#a"/>',
    '<image href="/etc/passwd"/>',
    '<image href="&#104;ttp://example.org"/>',
    '<image HREF="//example.org/a.png"/>',
    '<a><image href="a.png"/></a>',
    '<rect fill="url(http://example.org#a)"/>',
    "<style>rect { fill: url('other.svg#a') }</style>",
    "<style>@import 'http://example.org/a.css';</style>",
    "<style><![CDATA[ @font-face { src: url(a.woff) } ]]></style>",
    '<?xml-stylesheet href="a.css"?>',
  ]) {
    refuses(link, /needs another file: ".*" is never fetched/);
  }
  const entity = bytesOf(`<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg ${XMLNS}>&a;</svg>`);
  assert.equal(formatOf(entity), "svg");
  assert.throws(() => drawableSvg(entity, 8, "a.svg"), /entities of its own.* are not expanded/);
});

test("links within, data, hyperlinks and comments are no obstacle", () => {
  for (const inner of [
    '<use href="#a"/><use xlink:href=" #a"/><image href=""/>',
    '<image href="data:image/png;base64,AAAA"/>',
    `<rect fill="url(#a)" style="fill:url('#a')" stroke='url("#a")' mask="url(&quot;#a&quot;)"/>`,
    '<a href="https://example.org"><rect/></a><s:a xlink:href="https://example.org"/>',
    '<!-- <image href="http://example.org/a.png"/> -->',
    '<metadata><rdf:li rdf:resource="http://example.org"/></metadata>',
  ]) {
    assert.match(drawableSvg(bytesOf(svg('viewBox="0 0 1 1"', inner)), 8, "a"), /<\/svg>$/, inner);
  }
});

test("a broken SVG says what is broken", () => {
  refuses("", /broken SVG: its viewBox is "0 0 1", expected four numbers/, 'viewBox="0 0 1"');
  refuses("", /its viewBox is "0 0 0 5"/, 'viewBox="0 0 0 5"');
  assert.throws(() => drawableSvg(bytesOf('<svg width="3'), 8, "a"), /broken SVG: it has no <svg> element/);
  assert.throws(
    () => drawableSvg(Uint8Array.of(60, 115, 118, 103, 62, 0xff), 8, "a"),
    /no text in the encoding/,
  );
  assert.throws(
    () => drawableSvg(new Uint8Array(2 ** 24 + 1), 8, "a"),
    /too large: an SVG of 16777217 bytes/,
  );
});

test("a long SVG takes no longer than its length", () => {
  const began = performance.now();
  for (const part of ["<", "<!--", "<a ", "href=", "href= ", "url(", '"', "<!DOCTYPE ", "--><!--"]) {
    const text = svg('viewBox="0 0 1 1"', part.repeat(2 ** 20 / part.length));
    try {
      drawableSvg(bytesOf(text), 8, "a");
    } catch (error) {
      assert(error instanceof FileError, `${part}: ${error}`);
    }
  }
  const ms = performance.now() - began;
  assert(ms < 3000, `${ms} ms`);
});
