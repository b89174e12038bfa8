import type { Change } from "./changes";
import { countKinds, isSmall } from "./kinds";
import type { Operation } from "./operations";
import type { Group } from "./report";

/** Something that is deleted or replaced. */
export interface Loss {
  readonly operation: Extract<Operation, "delete" | "replace">;
  /** What it is: a kind such as `table`, or of small things how many, such as `5 tags, 1 grant`. */
  readonly what: string;
  /** Its name in the program; undefined of several small things. */
  readonly name: string | undefined;
  readonly home: string;
  /** Properties that force the replacement. Of small things each path once. */
  readonly because: readonly Change[];
  /** What is lost with it for good. */
  readonly loses: string | undefined;
}

/** What a group loses: each deleted or replaced resource, and small ones together. */
export function lossesOf({ home, resources }: Group): Loss[] {
  return (["delete", "replace"] as const).flatMap((operation) => {
    const gone = resources.filter((one) => one.operation === operation && !one.isComponent);
    const large = gone
      .filter(({ type }) => !isSmall(type))
      .map(({ kind, name, changes, loses }) => ({
        operation,
        what: kind,
        name,
        home: home.name,
        because: forcing(changes),
        loses,
      }));
    const small = gone.filter(({ type }) => isSmall(type));
    if (small.length === 0) return large;
    const paths = new Map(
      small.flatMap(({ changes }) => forcing(changes)).map((change) => [change.path, change]),
    );
    const what = countKinds(small.map(({ kind }) => kind)).join(", ");
    const because = [...paths.values()];
    return [
      ...large,
      { operation, what, name: undefined, home: home.name, because, loses: undefined },
    ];
  });
}

function forcing(changes: readonly Change[]): Change[] {
  return changes.filter(({ replaces }) => replaces);
}
