import { indented, paint, textTable, wrap, type Display } from "../shared/textTable";
import type { EnvironmentRow, Fleet } from "./facts";
import { COLUMNS, cellsOf, notesOf } from "./words";

/** The fleet for people: a table for each environment, or a list where the terminal is too narrow. */
export function fleetText(fleet: Fleet, display: Display): string {
  const now = Date.parse(fleet.readAt);
  return fleet.environments.map((one) => environmentText(one, display, now)).join("\n\n");
}

function environmentText(environment: EnvironmentRow, display: Display, now: number): string {
  const { stack, status, reason, workspace, models } = environment;
  const heading = [
    paint(stack, "bold", display),
    ...(workspace === undefined ? [] : [workspace]),
    ...(status === "none" ? ["nothing is deployed"] : []),
    ...(status === "known" && models.length === 0 ? ["no models"] : []),
    ...(status === "unknown" ? [`unknown: ${reason ?? ""}`] : []),
  ].join("  ");
  const head = wrap(heading, display.width);
  if (models.length === 0) return head.join("\n");
  const rows = models.map((model) => cellsOf(model, now));
  const notes = models.flatMap((model) =>
    notesOf(model)
      // The environment's own reason has been said.
      .filter((note) => reason === undefined || !note.endsWith(`unknown: ${reason}`))
      .flatMap((note) => indented(wrap(`${model.name}: ${note}`, display.width - 2))),
  );
  return [...head, ...textTable(COLUMNS, rows, display), ...notes].join("\n");
}
