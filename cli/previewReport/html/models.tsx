import type { VNode } from "preact";
import { leaves } from "../changes";
import { summary } from "../markdown/models";
import { headingOf, type Group } from "../report";
import type { Resource } from "../resources";
import { Changes, OperationStatus, Table, Value, shown } from "./parts";
import { GroupPicture, idOf, type Drawn } from "./picture";

/** One model with its picture and every resource of it that changes. */
export function GroupSection({ group, drawn }: GroupProps): VNode {
  const made = group.resources.filter(({ isComponent }) => !isComponent);
  const id = idOf(group);
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>
        {shown(headingOf(group))} <span class="quiet">{summary(group)}</span>
      </h2>
      {drawn === undefined ? null : <GroupPicture group={group} drawn={drawn} />}
      <details open={made.length <= OPEN}>
        <summary>
          {made.length === 1
            ? "The changed resource"
            : `All ${String(made.length)} changed resources`}
        </summary>
        <Table
          caption={`Changed resources of ${group.home.name}`}
          columns={["What happens", "Resource", "Name", "Properties"]}
        >
          {made.map((one) => (
            <tr>
              <td>
                <OperationStatus operation={one.operation} />
              </td>
              <td>{shown(one.kind)}</td>
              <th scope="row">
                <code>{shown(one.name)}</code>
              </th>
              <td>
                <Properties resource={one} />
              </td>
            </tr>
          ))}
        </Table>
      </details>
    </section>
  );
}

interface GroupProps {
  readonly group: Group;
  readonly drawn: Drawn | undefined;
}

/** As many resources as can be read without unfolding them. */
const OPEN = 12;

function Properties({ resource }: { resource: Resource }): VNode {
  const { operation, changes, before, after, name } = resource;
  if (operation === "update" || operation === "replace") {
    return changes.length > 0 ? <Changes changes={changes} /> : <em class="quiet">not known</em>;
  }
  const all = leaves("", operation === "delete" ? before : after).slice(0, MOST);
  if (all.length === 0) return <em class="quiet">none</em>;
  return (
    <details>
      <summary>
        {all.length} <span class="hidden">properties of {shown(name)}</span>
      </summary>
      <ul class="plain">
        {all.map(([path, value]) => (
          <li>
            <span class="path">{shown(path)}</span>: <Value value={value} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** As many properties of one resource as a page can carry. */
const MOST = 300;
