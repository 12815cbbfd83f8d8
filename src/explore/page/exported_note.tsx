import { explored } from "./explored.ts";

/** How this page was exported, in two words; nothing where a server answers. */
export function ExportedWords() {
  const exported = explored.value?.exported ?? null;
  return exported === null ? null : <>{`exported, ${exported.as} · `}</>;
}

/** The same in sentences. */
export function ExportedNote() {
  const exported = explored.value?.exported ?? null;
  if (exported === null) return null;
  const { as, agreement, hasWholePictures } = exported;
  return (
    <section class="exported" aria-labelledby="exported-title">
      <h2 id="exported-title">This page was exported</h2>
      <p>
        It has no server. Embeddings are rounded to {as}
        {agreement !== null &&
          `: of the 10 nearest neighbours ${
            percentOf(agreement)
          } are the same as by the exact ones`}
        .{!hasWholePictures && " Pictures are small."}{" "}
        Pictures of yours, labels, teaching and checks need a server:{" "}
        <code>deno task explore</code>.
      </p>
    </section>
  );
}

/** Never 100 % for what is less. */
function percentOf(share: number): string {
  return share === 1 ? "all" : `${(Math.floor(1000 * share) / 10).toFixed(1)} %`;
}
