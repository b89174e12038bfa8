import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { operations, words } from "../operations";
import { isQuiet, type Group, type Report } from "../report";
import { stays, verdictOf, type Tone } from "../verdict";
import { Gates } from "./gates";
import { Icon, type IconName } from "./icons";
import { Losses } from "./losses";
import { GroupSection } from "./models";
import { draw, type Drawn } from "./picture";
import { Sentence, shown } from "./parts";
import { Costs, Errors, Outputs, Policies, Warnings } from "./sections";

const icons: Readonly<Record<Tone, IconName>> = {
  bad: "bad",
  warning: "warning",
  change: "update",
  quiet: "good",
};

/**
 * The report as one HTML file that needs nothing else: no script runs, nothing is loaded, and Preact escapes every
 * text that comes from the plan.
 */
export async function renderPage(report: Report): Promise<string> {
  const style = readFileSync(join(__dirname, "style.css"), "utf8");
  const groups = await Promise.all(
    report.groups.map(async (group) => ({ group, drawn: await draw(group, report) })),
  );
  const page = <Page report={report} groups={groups} style={style} />;
  return `<!doctype html>${renderToString(page)}\n`;
}

interface PageProps {
  readonly report: Report;
  readonly groups: readonly { readonly group: Group; readonly drawn: Drawn | undefined }[];
  readonly style: string;
}

function Page({ report, groups, style }: PageProps): VNode {
  const { tone, sentence } = verdictOf(report);
  const { stack, project, commit, unchanged } = report;
  // https://www.w3.org/TR/CSP3/#source-list-syntax
  const hash = createHash("sha256").update(style).digest("base64");
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="content-security-policy"
          content={`default-src 'none'; style-src 'sha256-${hash}'`}
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>{shown(`Preview of ${project}/${stack}`)}</title>
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        <header class="top">
          <p class="brand">
            Preview of <span>{shown(`${project}/${stack}`)}</span>
          </p>
          <p class="quiet facts">
            {commit === undefined ? null : (
              <span>
                commit <code>{shown(commit)}</code>
              </span>
            )}
            {unchanged === undefined ? null : <span>{stays(unchanged)}</span>}
          </p>
        </header>
        <main>
          <div class={`verdict ${tone}`}>
            <Icon name={icons[tone]} />
            <h1>
              <Sentence parts={sentence} />
            </h1>
          </div>
          <Counts report={report} />
          <Errors report={report} />
          <Losses report={report} />
          <Gates report={report} />
          <Policies report={report} />
          <Costs report={report} />
          <Outputs report={report} />
          {groups.map(({ group, drawn }) => (
            <GroupSection group={group} drawn={drawn} />
          ))}
          <Warnings report={report} />
        </main>
      </body>
    </html>
  );
}

function Counts({ report }: { report: Report }): VNode | null {
  if (isQuiet(report)) return null;
  const some = operations.filter((one) => (report.counts.get(one) ?? 0) > 0);
  if (some.length === 0) return null;
  return (
    <ul class="counts" aria-label="Changed resources">
      {some.map((operation) => (
        <li class={operation}>
          <Icon name={operation} />
          <strong>{report.counts.get(operation)}</strong> {words[operation].done}
        </li>
      ))}
    </ul>
  );
}
