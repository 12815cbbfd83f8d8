/** A directed edge between two numbers. */
export interface Edge {
  readonly from: number;
  readonly to: number;
}

/**
 * The strongly connected component of each node of a graph: two nodes have the same number when
 * each leads to the other (Tarjan, Depth-first search and linear graph algorithms, SIAM J. Comput.
 * 1972; without recursion, because an anchor may have thousands of triplets).
 */
export function componentsOf(edges: readonly Edge[]): Map<number, number> {
  const targets = new Map<number, number[]>();
  for (const { from, to } of edges) {
    if (!targets.has(to)) targets.set(to, []);
    const list = targets.get(from);
    if (list === undefined) targets.set(from, [to]);
    else list.push(to);
  }
  const search = new Search(targets);
  for (const node of targets.keys()) search.from(node);
  return search.component;
}

/** A node that is being looked at, and how many of its edges are done. */
interface Frame {
  readonly node: number;
  next: number;
}

class Search {
  readonly component = new Map<number, number>();
  readonly #targets: ReadonlyMap<number, readonly number[]>;
  readonly #index = new Map<number, number>();
  /** The earliest node on the stack that each is known to lead to. */
  readonly #low = new Map<number, number>();
  readonly #stack: number[] = [];

  constructor(targets: ReadonlyMap<number, readonly number[]>) {
    this.#targets = targets;
  }

  from(root: number): void {
    if (this.#index.has(root)) return;
    const frames = [this.#enter(root)];
    while (frames.length > 0) {
      const frame = frames[frames.length - 1];
      const edges = this.#targets.get(frame.node)!;
      if (frame.next === edges.length) {
        this.#leave(frame.node);
        frames.pop();
        if (frames.length > 0) {
          this.#lower(frames[frames.length - 1].node, this.#low.get(frame.node)!);
        }
        continue;
      }
      const to = edges[frame.next++];
      if (!this.#index.has(to)) frames.push(this.#enter(to));
      else if (!this.component.has(to)) this.#lower(frame.node, this.#index.get(to)!);
    }
  }

  #enter(node: number): Frame {
    this.#index.set(node, this.#index.size);
    this.#low.set(node, this.#index.get(node)!);
    this.#stack.push(node);
    return { node, next: 0 };
  }

  #lower(node: number, low: number): void {
    if (low < this.#low.get(node)!) this.#low.set(node, low);
  }

  /** All that was entered since a node that leads to nothing earlier is its component. */
  #leave(node: number): void {
    if (this.#low.get(node) !== this.#index.get(node)) return;
    let member: number;
    do {
      member = this.#stack.pop()!;
      this.component.set(member, node);
    } while (member !== node);
  }
}
