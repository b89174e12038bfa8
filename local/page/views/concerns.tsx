import type { VNode } from "preact";
import type { ModelView } from "../overview";
import { SeverityStatus } from "./statuses";

/** What needs attention at a model, worst first. @param path - Of the model's page; none on that page itself. */
export function Concerns({ model, path = "" }: { model: ModelView; path?: string }): VNode {
  return (
    <ul class="reasons">
      {model.concerns.map(({ severity, reason, link }) => (
        <li>
          <SeverityStatus severity={severity} />
          <span class="why">{reason}</span>
          <a
            class="more"
            href={link.startsWith("#") ? path + link : link}
            aria-label={`Details: ${reason}`}
          >
            Details
          </a>
        </li>
      ))}
    </ul>
  );
}
