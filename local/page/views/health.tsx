import type { VNode } from "preact";
import { isMeasured } from "../attention";
import type { ModelView } from "../overview";
import { Status } from "./parts";

/** The worst concern in a word. */
export function Health({ model }: { model: ModelView }): VNode {
  const [worst] = model.concerns;
  if (worst === undefined)
    return isMeasured(model) ? (
      <Status tone="good">Healthy</Status>
    ) : (
      <Status tone="none">No concerns, but drift is not measured yet</Status>
    );
  if (worst.severity === "unknown") return <Status tone="unknown">Partly unknown</Status>;
  return (
    <Status tone={worst.severity === "minor" ? "minor" : "bad"}>
      {worst.severity === "minor" ? "Minor concerns" : "Needs attention"}
    </Status>
  );
}
