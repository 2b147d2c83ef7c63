// Small pictures. In: a picture as the browser takes it. Out: the same as a PNG of at most 256 colours.
// Not its job: photographs: what has more colours gets the nearest of the most frequent ones.

import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG in few colours. `page`: any page, whose browser reads the picture. */
export async function reduced(page, png) {
  const { width, height, base64 } = await page.evaluate(pixels, png.toString('base64'));
  const colours = rgb(Buffer.from(base64, 'base64'));
  const palette = frequent(colours, 256);
  const index = nearest(palette);
  // Each line begins with the number of its filter: none.
  const lines = Buffer.alloc((width + 1) * height);
  colours.forEach((colour, at) => (lines[at + Math.floor(at / width) + 1] = index(colour)));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8); // 8 bits, which index a palette
  const table = Buffer.from(palette.flatMap(parts));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', table),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** In the browser: the pixels of a PNG, four bytes each. */
async function pixels(png) {
  const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height).getContext('2d');
  canvas.drawImage(bitmap, 0, 0);
  const { data } = canvas.getImageData(0, 0, width, height);
  let text = '';
  for (let at = 0; at < data.length; at += 0x8000) text += String.fromCharCode(...data.subarray(at, at + 0x8000));
  return { width, height, base64: btoa(text) };
}

/** A number for each pixel, 0xrrggbb. */
function rgb(bytes) {
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readUIntBE(at * 4, 3));
}

const parts = (colour) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff];

function frequent(colours, most) {
  const counts = new Map();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  return [...counts].sort(([a, many], [b, more]) => more - many || a - b).slice(0, most).map(([colour]) => colour);
}

/** What finds the index of the nearest colour of a palette. */
function nearest(palette) {
  const known = new Map(palette.map((colour, index) => [colour, index]));
  const table = palette.map(parts);
  return (colour) => {
    if (!known.has(colour)) {
      const wanted = parts(colour);
      const distances = table.map((one) => one.reduce((sum, part, at) => sum + (part - wanted[at]) ** 2, 0));
      known.set(colour, distances.indexOf(Math.min(...distances)));
    }
    return known.get(colour);
  };
}

function chunk(name, data) {
  const named = Buffer.concat([Buffer.from(name), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
