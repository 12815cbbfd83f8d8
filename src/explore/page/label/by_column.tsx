import { useEffect } from "preact/hooks";
import { effect } from "@preact/signals";
import { countText } from "../maps/selected.tsx";
import { connection } from "../source.ts";
import { labelColumn, labelled } from "../state.ts";
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
  const images = info.value!.columns.find(({ name }) => name === labelColumn.value)?.images ?? 0;
  return (
    <TeachPanel anchor={null} isEarly={false} notYet={null}>
      <p>
        from the column <strong>{labelColumn.value}</strong>{" "}
        of the images’ table, which knows a value of {countText(images)}
      </p>
    </TeachPanel>
  );
}
