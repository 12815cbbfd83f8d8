/**
 * Where small pictures lie on the sheets of an atlas. Shared by the server and the page: no imports.
 */

/** How an atlas is divided: square cells on square sheets, row by row, sheet by sheet. */
export interface AtlasPlan {
  /** Pictures in all. */
  readonly count: number;
  /** Side of a cell in pixels. */
  readonly cell: number;
  /** Cells in a row, and rows, of a full sheet. */
  readonly columns: number;
  /** Sheets. */
  readonly sheets: number;
}

/** Where a cell lies. */
export interface AtlasCell {
  readonly sheet: number;
  /** Of its upper left corner, in pixels. */
  readonly x: number;
  readonly y: number;
}

/** Side of a sheet at most, in pixels: small enough that the first is there soon. */
const sheetSide = 2048;

/** How fine pictures are. */
export interface AtlasFineness {
  /** Sides of cells, the finest first. */
  readonly cells: readonly number[];
  /** How many sheets may be filled with finer ones than the last. */
  readonly mostFineSheets: number;
}

const fineness: AtlasFineness = { cells: [64, 48, 32], mostFineSheets: 8 };

/** Divides an atlas of `count` pictures: the more there are, the smaller they are, to 32 pixels. */
export function planAtlas(
  count: number,
  { cells, mostFineSheets }: AtlasFineness = fineness,
): AtlasPlan {
  const plans = cells.map((cell): AtlasPlan => {
    const columns = Math.floor(sheetSide / cell);
    return { count, cell, columns, sheets: Math.ceil(count / columns ** 2) };
  });
  return plans.find(({ sheets }) => sheets <= mostFineSheets) ?? plans[plans.length - 1];
}

/** Where picture number `place` lies. */
export function atlasCell({ cell, columns }: AtlasPlan, place: number): AtlasCell {
  const within = place % columns ** 2;
  return {
    sheet: Math.floor(place / columns ** 2),
    x: within % columns * cell,
    y: Math.floor(within / columns) * cell,
  };
}

/** The rows of cells that a sheet has: the last may be shorter than the others. */
export function sheetRows({ count, columns }: AtlasPlan, sheet: number): number {
  const left = count - sheet * columns ** 2;
  return Math.min(columns, Math.ceil(left / columns));
}
