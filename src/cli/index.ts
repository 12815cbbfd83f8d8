import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { type IndexSummary, indexTable } from "../database/index_table.ts";
import { parseDatabaseUrl } from "../database/database_url.ts";
import { checkTable } from "../database/identifier.ts";
import { choosePlacement } from "../model/choose_placement.ts";
import { Model } from "../model/model.ts";
import { openIndexed } from "./indexed_images.ts";
import { appended, threadsOption } from "./options.ts";
import { shownPath, userPath } from "./paths.ts";
import { deviceOption } from "./placement_options.ts";
import { runStoppable } from "./run_stoppable.ts";
import { amongPath, checkAmong } from "./searched_images.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";

/** `index`: embeddings to PostgreSQL with pgvector. */
export function indexCommand(): CommandUnknownOpts {
  return new Command("index")
    .description(
      "write embeddings to PostgreSQL with pgvector, where `query --from` and SQL search",
    )
    .requiredOption("--resume <model>", "model file, such as runs/<name>/model_best")
    .requiredOption(
      "--among <images>",
      "a folder, an image set (one in data/ by its name; its values go along), or a file of embeddings",
    )
    .requiredOption(
      "--to <url>",
      "postgres://user@host/database; give it again for more servers, each of which gets a part",
      appended,
    )
    .requiredOption("--table <name>", "what to call it there: letters a to z, digits and _")
    .option(
      "--no-ann",
      "make no approximate indexes, which only the SQL function csn_nearest uses, when asked",
    )
    .option("--prune", "remove what other models made under this name")
    .option("--overwrite", "replace all images of a table that has none of those that are given")
    .addOption(deviceOption)
    .addOption(threadsOption)
    .option("--json", "print one JSON object")
    .option("--verbose", "show where an error came from")
    .action(async (flags) => {
      // What cannot be right is refused before the images are embedded.
      checkTable(flags.table);
      flags.to.forEach(parseDatabaseUrl);
      checkAmong(flags.among, "name what that table was made of");
      await startNative(flags);
      const placement = choosePlacement({ device: flags.device, precision: "float32" });
      using model = await Model.load(userPath(flags.resume), placement);
      using listener = terminalListener();
      const stopped = "what was sent to the database stays there; the same command goes on";
      await runStoppable(listener, stopped, async (signal) => {
        const { to, table, overwrite, prune, ann } = flags;
        const images = await openIndexed(model, amongPath(flags.among), { listener, signal });
        const options = { to, table, overwrite, prune, approximate: ann, listener, signal };
        const summary = await indexTable(model, images, options);
        if (flags.json) console.log(JSON.stringify(summary));
        else console.log(summaryText(summary, table));
      });
    });
}

/** What `index` prints. */
function summaryText(summary: IndexSummary, table: string): string {
  const { images, added, replaced, removed, unchanged, version, kept, pruned } = summary;
  const total = images.reduce((sum, count) => sum + count, 0);
  const parts = images.length === 1 ? "" : ` in ${images.length} parts of ${images.join(", ")}`;
  const names = (models: readonly string[]) => models.map(shownPath).join(", ");
  return [
    `${table}: ${total} images${parts}, ${added} added, ${replaced} replaced, ${removed} removed, ${unchanged} as they were`,
    `version ${version}: the tables begin with ${table}_${version}, and ${table} means them`,
    ...kept.length === 0 ? [] : [`kept beside it: what ${names(kept)} made; --prune removes that`],
    ...pruned.length === 0 ? [] : [`removed: what ${names(pruned)} made`],
  ].join("\n");
}
