import { CsnError } from "../../../base/errors.ts";
import type { ImageFinder } from "../image_finder.ts";
import { hasImageEnding } from "../../../images/list_images.ts";
import type { ColumnFacts, TableSurvey } from "./survey_table.ts";

/** The column that names a table's images. */
export interface ImageColumn {
  readonly name: string;
  /** Why it was taken, in words. */
  readonly why: string;
  /** Why it may well be the wrong one, and what decides. */
  readonly doubt?: string;
}

/**
 * Names of columns that are likely the images', without case, blanks and the like; the likeliest
 * first.
 */
const usualNames = [
  ...["image", "file", "path", "filename", "imagepath", "imagefile", "imagename", "imagefilename"],
  ...["filepath", "img", "imgpath", "imgfile", "imgname", "picture", "photo", "imageid", "imgid"],
];

/** Names that are likely an id, of images or of anything else. */
const idNames = ["id", "uuid", "key", "name"];

/** Names that programs give to a column of row numbers: pandas and R. */
const rowNumbers =
  /^(?:|index|level_\d+|unnamed: ?\d+|__index_level_\d+__|x|row|rownames?|row_?id)$/i;

/** Share of the rows that a column must name images of, of their own for ids. */
const enough = { paths: 0.5, ids: 0.9 };

/**
 * Guesses which column names the images. A column of image files' names of which most are there
 * comes before any id; among ids, one that most rows share cannot be it. Where no column names
 * images that are there, the usual names decide.
 *
 * Throws a CsnError when two columns fit but name different images, and when the first line of the
 * table looks like data.
 */
export function chooseImageColumn(survey: TableSurvey, finder: ImageFinder): ImageColumn {
  assertHeader(survey, finder);
  const columns = survey.columns.filter(({ isDouble }) => !isDouble);
  const paths = columns.filter((column) =>
    column.files !== null && isOfPaths(column) && column.matched >= enough.paths * survey.rows &&
    column.matched > 0
  );
  const ids = columns.filter((column) =>
    column.files !== null && !isOfPaths(column) && column.images > 0 &&
    column.images >= enough.ids * survey.rows
  );
  if (paths.length > 0) {
    const best = agreeing(survey, paths);
    return { name: best.name, why: whyPath(best, ids) };
  }
  const named = ids.filter(({ name }) => !rowNumbers.test(name));
  const others = columns.filter((column) =>
    isOfPaths(column) && 2 * column.addresses < column.paths
  );
  if (named.length > 0) return ofId(survey, agreeing(survey, named), others);
  if (ids.length > 0) return ofId(survey, ids[0], others);
  return byName(survey, columns);
}

/** Refuses a table whose first line is data: the names of its columns are values. */
function assertHeader({ file, columns }: TableSurvey, finder: ImageFinder): void {
  const isThere = (name: string) => {
    const found = name === "" ? null : finder.find(name);
    return found !== null && "file" in found;
  };
  const hasOwnValue = columns.some(({ name, values }) =>
    name !== "" && !/^\d+$/.test(name) && (values?.has(name) ?? false)
  );
  const data = columns.find((column) => {
    const { name, filled, paths } = column;
    if (hasImageEnding(name)) return isThere(name) || 2 * paths > filled;
    return hasOwnValue && isThere(name) && 2 * column.matched > filled;
  });
  if (data === undefined) return;
  throw new CsnError(
    `Cannot take the first line of ${file} for the names of its columns: it holds "${data.name}", an image as in the rows below; add a line above it that names the columns, or name them, such as with \`columns: ${
      JSON.stringify(
        columns.map((column, at) => column === data ? "image" : `column${at + 1}`),
      )
    }\``,
  );
}

function isOfPaths({ paths, filled }: ColumnFacts): boolean {
  return 2 * paths > filled;
}

/**
 * The one that names most images and has the likeliest name, if all of them name the same images.
 */
function agreeing(survey: TableSurvey, columns: readonly ColumnFacts[]): ColumnFacts {
  const [best, ...others] = [...columns].sort((a, b) =>
    b.matched - a.matched || likelihood(a.name) - likelihood(b.name)
  );
  for (const other of others) {
    const differing = differ(best, other);
    if (differing.length === 0) continue;
    throw new CsnError(
      `Cannot tell which column of ${survey.file} names the images: "${best.name}" fits ${best.matched} of ${survey.rows} rows and "${other.name}" ${other.matched}, but ${differing.length} rows would have another image (${
        best.files![differing[0]]
      } or ${other.files![differing[0]]}); name the column with \`imageColumn\``,
    );
  }
  return best;
}

/** Rows for which both columns name an image, but not the same. */
function differ(a: ColumnFacts, b: ColumnFacts): number[] {
  return a.files!.flatMap((file, row) => {
    const other = b.files![row] ?? "";
    return file === "" || file === undefined || other === "" || file === other ? [] : [row];
  });
}

/** Smaller is likelier. */
function likelihood(name: string): number {
  const plain = plainName(name);
  const at = [...usualNames, ...idNames].indexOf(plain);
  return at === -1 ? Infinity : at;
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

function whyPath(best: ColumnFacts, ids: readonly ColumnFacts[]): string {
  const other = ids.find((id) => differ(best, id).length > 0);
  return "its cells are names of files that are there" +
    (other === undefined ? "" : `; "${other.name}" would name other images`);
}

/** `others` hold names of files, but of none or few that are there. */
function ofId(
  survey: TableSurvey,
  column: ColumnFacts,
  [other]: readonly ColumnFacts[],
): ImageColumn {
  const { name } = column;
  const found = { name, why: "its cells are names of files without their endings" };
  const isImages = usualNames.includes(plainName(name));
  const what = rowNumbers.test(name)
    ? name === "" ? "has no name" : "is called like a number of rows"
    // No program writes the numbers of rows with leading zeros, as files are called.
    : column.isRunning && column.areWholeNumbers && !isImages
    ? "only counts the rows"
    : column.areWholeNumbers && !isImages && !idNames.includes(plainName(name))
    ? "holds numbers that may mean something else"
    : other !== undefined
    ? `"${other.name}" holds names of files, of which too few are there`
    : null;
  if (what === null) return found;
  return {
    ...found,
    doubt:
      `column "${name}" of ${survey.file} fits the names of ${column.matched} images, but ${what}; if it names the images, pass \`imageColumn: ${
        JSON.stringify(name)
      }\`, else add a column with the files' names`,
  };
}

/** No column names images that are there: the error that follows names the likeliest. */
function byName({ file }: TableSurvey, columns: readonly ColumnFacts[]): ImageColumn {
  const some = columns.filter(({ name }) => name !== "");
  const usual = some.filter(({ name }) => !rowNumbers.test(name));
  const [likeliest] = [...usual, ...some].sort((a, b) =>
    likelihood(a.name) - likelihood(b.name) || b.paths - a.paths
  );
  if (likeliest !== undefined) return { name: likeliest.name, why: "by its name" };
  throw new CsnError(
    `Cannot find the column that names the images in ${file}: no column has a name; name one with \`imageColumn\``,
  );
}
