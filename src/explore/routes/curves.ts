import { shown } from "../../base/errors.ts";
import { RequestError } from "../../service/request_error.ts";
import type { Explored } from "../explored.ts";
import { FollowedRun } from "../followed_run.ts";
import type { RunEpochs, RunsAnswer } from "../protocol.ts";
import type { Route } from "../route.ts";
import { type FoundRun, runSays, runsBeside } from "../runs_beside.ts";
import { sinceThen } from "../since_then.ts";

/** Runs that are listed at most. */
const mostRuns = 200;

/** Runs that are followed at a time; of those that were not asked for longest, all is read anew. */
const mostFollowed = 24;

/** `GET /api/runs` and `/api/epochs` */
export function curveRoutes(explored: Explored): Route[] {
  const runs = new Runs(explored.runFolder);
  return [
    { method: "GET", path: "/api/runs", answer: () => runs.list() },
    {
      method: "GET",
      path: "/api/epochs",
      answer: ({ query }) => runs.epochs(query.get("run") ?? "", query),
    },
  ];
}

/** The runs of a folder. */
class Runs {
  readonly #folder: string;
  #known: ReadonlyMap<string, FoundRun> = new Map();
  readonly #followed = new Map<string, FollowedRun>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async list(): Promise<RunsAnswer> {
    const found = await this.#look();
    const listed = found.slice(0, mostRuns).map(async ({ name, folder }) => ({
      name,
      variant: (await runSays(folder)).variant,
    }));
    return { runs: await Promise.all(listed), leftOut: Math.max(0, found.length - mostRuns) };
  }

  async epochs(name: string, query: URLSearchParams): Promise<RunEpochs> {
    const { folder } = await this.#find(name);
    const followed = this.#follow(folder);
    const written = await followed.epochs();
    const { notions, epochs: planned } = await runSays(folder);
    return {
      ...sinceThen(query, "rows", written),
      notions: notions ?? await followed.notions(),
      planned,
    };
  }

  async #look(): Promise<FoundRun[]> {
    const found = await runsBeside(this.#folder);
    this.#known = new Map(found.map((run) => [run.name, run]));
    return found;
  }

  /** A run that was listed: a name is never taken as a path. */
  async #find(name: string): Promise<FoundRun> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    await this.#look();
    const found = this.#known.get(name);
    if (found !== undefined) return found;
    throw new RequestError(404, `Cannot show the curves of ${shown(name)}: there is no such run`);
  }

  #follow(folder: string): FollowedRun {
    const followed = this.#followed.get(folder) ?? new FollowedRun(folder);
    // The one that was asked for last stands last.
    this.#followed.delete(folder);
    this.#followed.set(folder, followed);
    const [oldest] = this.#followed.keys();
    if (this.#followed.size > mostFollowed) this.#followed.delete(oldest);
    return followed;
  }
}
