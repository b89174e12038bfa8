import type { ComponentChildren, VNode } from "preact";
import { renderToString } from "preact-render-to-string";

/** What every page has. */
export interface PageProps {
  readonly title: string;
  /** The path of the page that is shown, so that the navigation can say where one is. */
  readonly path: string;
  /** When its data was read, in ms; none for pages without data. */
  readonly asOf?: number;
  readonly children: ComponentChildren;
}

const sections = [
  ["/", "Models"],
  ["/runs", "Runs"],
] as const;

/** A whole page as text. Preact escapes every text and attribute that comes from data. */
export function render(page: VNode): string {
  return `<!doctype html>${renderToString(page)}`;
}

/** The frame of every page. */
export function Page({ title, path, asOf, children }: PageProps): VNode {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · MLOps workspace`}</title>
        <link rel="stylesheet" href="/page/style.css" />
        <link rel="icon" type="image/svg+xml" href="/page/icon.svg" />
      </head>
      <body>
        <a class="skip" href="#content">
          Skip to content
        </a>
        <header class="top">
          <a class="brand" href="/">
            MLOps workspace
          </a>
          <nav aria-label="Pages">
            {sections.map(([href, name]) => (
              <a href={href} aria-current={href === path ? "page" : undefined}>
                {name}
              </a>
            ))}
          </nav>
          {asOf === undefined ? null : <AsOf at={asOf} />}
        </header>
        <main id="content">{children}</main>
      </body>
    </html>
  );
}

/** Without a script, an empty link loads the page again, with its filter. */
function AsOf({ at }: { at: number }): VNode {
  const iso = new Date(at).toISOString();
  return (
    <p class="as-of">
      Data as of <time datetime={iso}>{iso.slice(11, 19)} UTC</time> <a href="">Refresh</a>
    </p>
  );
}
