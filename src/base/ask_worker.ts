/**
 * Gives a task to a worker and ends it with its answer: what `take` makes of a message, of which
 * those that it gives undefined for are no answer yet. Throws the signal's reason when that is
 * aborted, and an Error that begins with `failing` when the worker fails.
 */
export async function askWorker<Result>(
  worker: Worker,
  task: unknown,
  { take, failing, signal }: {
    readonly take: (message: unknown) => Result | undefined;
    readonly failing: string;
    readonly signal?: AbortSignal;
  },
): Promise<Result> {
  const answer = Promise.withResolvers<Result>();
  const stop = () => answer.reject(signal!.reason);
  worker.onmessage = ({ data }: MessageEvent<unknown>) => {
    const taken = take(data);
    if (taken !== undefined) answer.resolve(taken);
  };
  worker.onerror = (event) => {
    // Else the error would end the process, too.
    event.preventDefault();
    answer.reject(new Error(`${failing}: ${event.message}`));
  };
  signal?.addEventListener("abort", stop, { once: true });
  try {
    worker.postMessage(task);
    return await answer.promise;
  } finally {
    signal?.removeEventListener("abort", stop);
    worker.terminate();
  }
}
