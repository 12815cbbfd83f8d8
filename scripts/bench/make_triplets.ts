/**
 * Times `make-triplets` at the paper's size: 200,000 + 20,000 + 40,000 triplets of each of four
 * notions over 50,000 images, a process of its own, and prints seconds and the most memory it held.
 *
 *     deno task bench-data
 */
import { join } from "../../src/files/paths.ts";
import { projectFolder } from "../../src/cli/paths.ts";
import { randomBelow, randomNormal } from "../../src/base/random.ts";

const images = 50_000;

const folder = await Deno.makeTempDir();
try {
  const lines = ["image,class,closure,material,heel\n"];
  for (let image = 0; image < images; image++) {
    const file = `${image % 500}/${image}.jpg`;
    if (image < 500) await Deno.mkdir(join(folder, "images", String(image)), { recursive: true });
    await Deno.writeFile(join(folder, "images", file), new Uint8Array());
    const pick = (stream: number, values: number) => randomBelow(1, stream, image, values);
    const materials = [...new Set([pick(2, 40), pick(3, 40)])].map((value) => `m${value}`);
    const heel = Math.abs(randomNormal(1, 4, image) * 2).toFixed(2);
    lines.push(`${file},c${pick(0, 4)},l${pick(1, 14)},${materials.join(";")},${heel}\n`);
  }
  await Deno.writeTextFile(join(folder, "table.csv"), lines.join(""));
  const began = performance.now();
  const { success, stdout, stderr } = await new Deno.Command("python3", {
    args: [
      "-c",
      // The peak of a child process is known to its parent alone.
      "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)",
      ...[Deno.execPath(), "run", "-A", join(projectFolder, "src", "cli", "main.ts")],
      ...["make-triplets", "--images", "images", "--attributes", "table.csv", "--out", "./set"],
      ...["--notion", "class", "closure", "material", "heel"],
    ],
    env: { INIT_CWD: folder },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const seconds = (performance.now() - began) / 1000;
  const megabytes = Number(new TextDecoder().decode(stdout)) * 1024 / 1e6;
  console.log(
    `make-triplets: 4 notions of 260,000 triplets over ${images} images in ${
      seconds.toFixed(1)
    } s, ${megabytes.toFixed(0)} MB at most`,
  );
} finally {
  await Deno.remove(folder, { recursive: true });
}
