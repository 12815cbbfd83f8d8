/** Embeds a folder: `deno run -A <this> MODEL FOLDER`. */
import { embedFolder } from "../../src/model/folder_embeddings.ts";
import { Model } from "../../src/model/model.ts";
import { start } from "../../src/native/start.ts";

const [path, folder] = Deno.args;
await start();
using model = await Model.load(path);
await embedFolder(model, folder);
