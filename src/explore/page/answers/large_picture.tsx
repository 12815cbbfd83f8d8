import { useState } from "preact/hooks";
import { explored, source } from "../explored.ts";
import { PartOfSheet } from "../part_of_sheet.tsx";

/** A picture by its index, as large as there is room; without one, what the image is called. */
export function LargePicture({ index, name }: { readonly index: number; readonly name: string }) {
  const [gone, setGone] = useState(-1);
  const picture = explored.value!.hasPictures ? source().picture(index) : null;
  if (picture === null || gone === index) {
    return (
      <span class="large-picture no-picture" role="img" aria-label={name}>
        {gone === index ? `${name}: the picture is gone` : name}
      </span>
    );
  }
  if (typeof picture !== "string") {
    return <PartOfSheet part={picture} name={name} kind="large-picture" />;
  }
  return (
    <img
      class="large-picture"
      key={index}
      src={picture}
      alt={name}
      draggable={false}
      onError={() => setGone(index)}
    />
  );
}
