/** A real service of the tiny model over the valued set, on a free port of this machine. */
import { join } from "../../src/files/paths.ts";
import { Model } from "../../src/model/model.ts";
import { start } from "../../src/native/start.ts";
import type { Clock } from "../../src/service/clock.ts";
import { type EmbeddedGallery, openGallery } from "../../src/service/gallery.ts";
import { TemporaryFolder } from "./temporary_folder.ts";
import { writeTinyModel } from "./tiny_model.ts";
import { writeValuedSet } from "./valued_set.ts";

/** The set and the model in a folder of the test's own. */
export interface ServiceCase extends AsyncDisposable {
  readonly model: Model;
  readonly gallery: EmbeddedGallery;
  /** The set's folder; images lie below `images`, the model is `model.safetensors`. */
  readonly set: string;
}

/** Writes the set and the model, and opens both. */
export async function serviceCase(): Promise<ServiceCase> {
  await start();
  const folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  await writeValuedSet(set);
  const model = await Model.load(await writeTinyModel(set));
  return {
    model,
    gallery: await openGallery(model, set),
    set,
    async [Symbol.asyncDispose]() {
      model[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Time that passes when a test says so. */
export class HandClock implements Clock {
  readonly #timers = new Set<{ readonly ms: number; readonly then: () => void }>();

  after(ms: number, then: () => void): () => void {
    const timer = { ms, then };
    this.#timers.add(timer);
    this.#watchers.splice(0).forEach((watcher) => watcher());
    return () => this.#timers.delete(timer);
  }

  readonly #watchers: (() => void)[] = [];

  /** Waits until somebody waits for so long. */
  async awaited(ms: number): Promise<void> {
    while (![...this.#timers].some((timer) => timer.ms === ms)) {
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  /** Those who wait for so long have waited enough. */
  pass(ms: number): void {
    for (const timer of [...this.#timers]) {
      if (timer.ms !== ms) continue;
      this.#timers.delete(timer);
      timer.then();
    }
  }
}
