/**
 * One rank of several that test models together: its arguments are the folder of a set and, for each
 * test, the model of each rank. Prints, as JSON, what it found in each test.
 */
import { messageOf } from "../../src/base/errors.ts";
import { ProcessGroup } from "../../src/distributed/process_group.ts";
import { readPlace } from "../../src/distributed/read_place.ts";
import { testModel } from "../../src/model/evaluate_model.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { exitNow } from "../../src/native/library.ts";
import { start } from "../../src/native/start.ts";

const [data, ...tests] = Deno.args;

try {
  await start({ threads: 1 });
  await using group = await ProcessGroup.open(readPlace((name) => Deno.env.get(name))!, {
    device: "cpu",
    timeoutSeconds: 60,
  });
  const found: unknown[] = [];
  for (const test of tests) {
    const models = test.split(",");
    const file = await readModelFile(models[Math.min(group.place.rank, models.length - 1)]);
    found.push(await testModel(file, { data, group }).catch(messageOf));
  }
  console.log(JSON.stringify(found));
  exitNow(0);
} catch (error) {
  console.error((error as Error).stack);
  exitNow(1);
}
