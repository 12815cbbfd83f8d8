import { useState } from "preact/hooks";
import { explored, source } from "../explored.ts";

/** A picture by its index, as large as there is room; without one, what the image is called. */
export function LargePicture({ index, name }: { readonly index: number; readonly name: string }) {
  const [gone, setGone] = useState(-1);
  if (!explored.value!.hasPictures || gone === index) {
    return (
      <span class="large-picture no-picture" role="img" aria-label={name}>
        {gone === index ? `${name}: the picture is gone` : name}
      </span>
    );
  }
  return (
    <img
      class="large-picture"
      key={index}
      src={source().picture(index)}
      alt={name}
      draggable={false}
      onError={() => setGone(index)}
    />
  );
}
