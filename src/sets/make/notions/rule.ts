import { inLine } from "../../../base/errors.ts";
/** When two images are alike, and when unlike, by a column of a table. */
export type Rule = CategoricalRule | MultiRule | OrdinalRule | NumericRule;

/** Alike: the same value. Unlike: another. */
export interface CategoricalRule {
  /** Which type of rule it is. */
  readonly type: "categorical";
}

/** A cell holds several values. Alike: one is shared. Unlike: none is. */
export interface MultiRule {
  /** Which type of rule it is. */
  readonly type: "multi";
  /** The separator of values in a cell of the set's attributes.csv; no value holds it. */
  readonly separator: string;
  /** Their separator in the table, where values hold this one. @default {separator} */
  readonly tableSeparator?: string;
}

/** Values are steps of an order. Those between `alike` and `unlike` are not compared. */
export interface OrdinalRule {
  /** Which type of rule it is. */
  readonly type: "ordinal";
  /** The values, from the lowest to the highest. */
  readonly order: readonly string[];
  /** The most steps apart that are alike. */
  readonly alike: number;
  /** The fewest steps apart that are unlike. */
  readonly unlike: number;
}

/** Values are numbers. Those between `alike` and `unlike` are not compared. */
export interface NumericRule {
  /** Which type of rule it is. */
  readonly type: "numeric";
  /**
   * Turns numbers into so many bins of as many images each; `alike` and `unlike` then count bins.
   */
  readonly quantiles?: number;
  /**
   * The lowest number of each bin but the first, as computed from the quantiles; where they are
   * given, they are the borders. Sets made before they were stored have none.
   */
  readonly borders?: readonly number[];
  /** The largest difference that is alike, in the column's unit. */
  readonly alike: number;
  /** The smallest difference that is unlike, in the column's unit. */
  readonly unlike: number;
}

/** A notion and the column that it comes from. */
export interface NotionRule {
  /** The notion's name. */
  readonly name: string;
  /** The column's name. */
  readonly column: string;
  /** When two images are alike, and when unlike. */
  readonly rule: Rule;
  /** What was guessed from the column's values: fields of the rule. */
  readonly guessed: readonly string[];
  /** Spellings that count as not known, where the rule names them. @default {the usual ones} */
  readonly missing?: readonly (string | number)[];
}

/** What a rules file says of one column; what it leaves out is guessed. */
export interface ColumnRule {
  /** What the values are. */
  readonly type?: Rule["type"];
  /** Of "multi": the separator of values in a cell. */
  readonly separator?: string;
  /** Of "multi": their separator in the table, where it is another one. */
  readonly tableSeparator?: string;
  /** Of "ordinal": the values, from the lowest to the highest. */
  readonly order?: readonly string[];
  /** The largest difference that is alike, in steps, bins or the column's unit. */
  readonly alike?: number;
  /** The smallest difference that is unlike. */
  readonly unlike?: number;
  /** Of "numeric": bins of as many images. */
  readonly quantiles?: number;
  /**
   * Of "numeric": the lowest number of each bin but the first; `alike` and `unlike` then count
   * bins.
   */
  readonly borders?: readonly number[];
  /**
   * What counts as not known besides empty cells. @default {NaN, None, null, NA, N/A, -, ? and the
   * like}
   */
  readonly missing?: readonly (string | number)[];
  /** The notion's name. @default {the column's name} */
  readonly name?: string;
}

/** A rule in words. */
export function describeRule(rule: Rule): string {
  switch (rule.type) {
    case "categorical":
      return "alike: the same value";
    case "multi":
      return `alike: a value shared, unlike: none shared, separated by ${
        JSON.stringify(rule.separator)
      }`;
    case "ordinal":
      return `${
        rule.order.map(inLine).join(" < ")
      }; alike: at most ${rule.alike} steps apart, unlike: from ${rule.unlike}`;
    case "numeric": {
      const bins = rule.borders === undefined ? rule.quantiles : rule.borders.length + 1;
      return bins === undefined
        ? `alike: at most ${rule.alike} apart, unlike: from ${rule.unlike}`
        : `${bins} bins; alike: at most ${rule.alike} bins apart, unlike: from ${rule.unlike}`;
    }
  }
}

/** The option that says a column's type, for a message. */
export function typeOption(column: string, type: Rule["type"]): string {
  return `\`rules: ${JSON.stringify({ [column]: { type } })}\``;
}
