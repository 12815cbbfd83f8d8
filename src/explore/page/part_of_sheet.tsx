import type { SheetPart } from "./source.ts";

/** A picture that is a part of a sheet, as large as its place. */
export function PartOfSheet({ part, name, kind = "thumbnail" }: {
  readonly part: SheetPart;
  /** What it shows; "" for nothing that is not said beside it. */
  readonly name: string;
  readonly kind?: string;
}) {
  const { sheet, width, height, x, y, side } = part;
  // Percentages are of what the sheet is larger than its place.
  const along = (at: number, whole: number) => `${whole === side ? 0 : 100 * at / (whole - side)}%`;
  const style = {
    backgroundImage: `url("${sheet}")`,
    backgroundSize: `${100 * width / side}% ${100 * height / side}%`,
    backgroundPosition: `${along(x, width)} ${along(y, height)}`,
  };
  return name === ""
    ? <span class={`${kind} sheet-part`} style={style} aria-hidden="true" />
    : <span class={`${kind} sheet-part`} style={style} role="img" aria-label={name} />;
}
