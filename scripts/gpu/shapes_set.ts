/**
 * Pictures of shapes that need neither a network nor fonts, with a table of what they show:
 * something to train on where nothing else is. Sizes and shades are cut into kinds in the middle of
 * what varies smoothly, and there is noise, so that no network gets all triplets right.
 */
import { greyPng } from "../../src/sets/fonts/grey_png.ts";
import { join } from "../../src/files/paths.ts";
import { randomUnit } from "../../src/base/random.ts";

/** What an image shows; each is a column of the table. */
export const shapeNotions = ["shape", "size", "shade", "place"] as const;

const side = 32;
const shapes = ["disc", "square", "cross", "ring"] as const;
const kinds = ["low", "middle", "high"] as const;
const places = ["left", "right"] as const;

/** Writes `count` images to `folder`/images and the table to `folder`/shapes.csv. */
export async function writeShapes(folder: string, count: number): Promise<void> {
  await Deno.mkdir(join(folder, "images"), { recursive: true });
  const lines = [`image,${shapeNotions.join(",")}`];
  for (let image = 0; image < count; image++) {
    const { pixels, values } = draw(image);
    await Deno.writeFile(join(folder, "images", `${image}.png`), greyPng(pixels, side));
    lines.push(`${image}.png,${shapeNotions.map((notion) => values[notion]).join(",")}`);
  }
  await Deno.writeTextFile(join(folder, "shapes.csv"), lines.join("\n") + "\n");
}

type Values = Record<typeof shapeNotions[number], string>;

/** One image, [32, 32] with 0 for black, and what it shows. */
export function draw(image: number): { pixels: Uint8Array; values: Values } {
  const unit = (stream: number, index = 0) => randomUnit(image, stream, index);
  const [size, shade] = [unit(1), unit(2)];
  const shape = pick(shapes, unit(3));
  const place = pick(places, unit(4));
  const radius = 4 + 6 * size;
  const x0 = (place === "left" ? 11 : 21) + 4 * (unit(5) - 0.5);
  const y0 = 16 + 8 * (unit(6) - 0.5);
  const pixels = new Uint8Array(side * side);
  for (let i = 0; i < pixels.length; i++) {
    const u = (i % side - x0) / radius;
    const v = (Math.floor(i / side) - y0) / radius;
    const ink = isInside(shape, u, v) ? 40 + 150 * shade : 225;
    pixels[i] = Math.min(255, Math.max(0, ink + 60 * (unit(7, i) - 0.5)));
  }
  return { pixels, values: { shape, size: pick(kinds, size), shade: pick(kinds, shade), place } };
}

function pick<Kind extends string>(all: readonly Kind[], unit: number): Kind {
  return all[Math.min(all.length - 1, Math.floor(unit * all.length))];
}

function isInside(shape: typeof shapes[number], u: number, v: number): boolean {
  const distance = Math.hypot(u, v);
  switch (shape) {
    case "disc":
      return distance < 1;
    case "square":
      return Math.max(Math.abs(u), Math.abs(v)) < 0.85;
    case "cross":
      return Math.max(Math.abs(u), Math.abs(v)) < 1 && Math.min(Math.abs(u), Math.abs(v)) < 0.35;
    case "ring":
      return distance < 1 && distance > 0.55;
  }
}
