import { useEffect, useState } from "preact/hooks";
import { effect } from "@preact/signals";
import type { ImageInfo } from "../../protocol.ts";
import { source } from "../explored.ts";
import { countText } from "../maps/selected.tsx";
import { connection, report } from "../source.ts";
import { labelColumn, labelled, query } from "../state.ts";
import { info } from "./label_info.ts";
import { teach } from "./teach_data.ts";
import { TeachPanel } from "./teach_panel.tsx";

/** Teaches the notion from the values of a column. */
export function ByColumn() {
  useEffect(() =>
    effect(() => {
      connection.value.comebacks;
      labelled.value;
      labelColumn.value;
      teach();
    }), []);
  const [anchor, setAnchor] = useState<ImageInfo | null>(null);
  const asked = query.value;
  useEffect(() => {
    // The query, or the one in the middle.
    const found = asked === null
      ? source().images([], 3).then(({ images }) => images)
      : source().infos([asked]);
    found.then((images) => setAnchor(images[images.length >> 1] ?? null), report);
  }, [asked]);
  const images = info.value!.columns.find(({ name }) => name === labelColumn.value)?.images ?? 0;
  return (
    <TeachPanel
      anchor={anchor === null ? null : { ...anchor, where: null }}
      isEarly={false}
      notYet={null}
    >
      <p>
        from the column <strong>{labelColumn.value}</strong>{" "}
        of the images’ table, which knows a value of {countText(images)}
      </p>
    </TeachPanel>
  );
}
