/** The tiny set with the values of its images: attributes.csv, and the rules in set.json. */
import type { Rule } from "../../src/sets/make/notions/rule.ts";
import { join } from "../../src/files/paths.ts";
import { writeTinySet } from "./tiny_set.ts";

/** Notions of the set: the tiny network of `writeTinyModel` knows the first two. */
export const valuedNotions = ["shape", "colour", "size", "tags"] as const;

/** How many images it has. */
export const valuedImages = 36;

const rules: Readonly<Record<string, Rule>> = {
  shape: { type: "categorical" },
  colour: { type: "ordinal", order: ["0", "1", "2"], alike: 0, unlike: 1 },
  size: { type: "ordinal", order: ["s", "m", "l"], alike: 0, unlike: 1 },
  tags: { type: "multi", separator: ";" },
};

/** The values of an image in the order of the notions. Image 5 has no shape and no size. */
export function valuesOf(image: number): string[] {
  const shape = String(Math.floor(image / 3) % 3);
  const colour = String(image % 3);
  const size = "sml"[image % 3];
  return image === 5 ? ["", colour, "", "x"] : [shape, colour, size, image % 2 ? "x;y" : "y;z"];
}

/** Nine images each for validation and test, one of each pair of a colour and a shape. */
export function splitOf(image: number): string {
  return ["train", "train", "val", "test"][Math.floor(image / 9)];
}

/** Writes it to `folder`; its triplets are of images of all splits, a quarter as many to validate. */
export async function writeValuedSet(folder: string, triplets = 64): Promise<void> {
  await writeTinySet(folder, { triplets, notions: valuedNotions });
  const rows = Array.from(
    { length: valuedImages },
    (_, image) => [`${image}.png`, ...valuesOf(image), splitOf(image)].join(",") + "\n",
  );
  await Deno.writeTextFile(
    join(folder, "attributes.csv"),
    ["file", ...valuedNotions, "split"].join(",") + "\n" + rows.join(""),
  );
  const described = JSON.parse(await Deno.readTextFile(join(folder, "set.json")));
  const named = Object.entries(rules).map(([name, rule]) => [name, { ...rule, name }]);
  described.made = { rules: Object.fromEntries(named) };
  await Deno.writeTextFile(join(folder, "set.json"), JSON.stringify(described));
}
