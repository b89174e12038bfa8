import type { VNode } from "preact";
import { Page } from "./layout";

/** What a browser sees that is not signed in. @param expired - Whether it came by a link that is too old. */
export function SignInPage({ expired }: { expired: boolean }): VNode {
  return (
    <Page title="Sign in" path="">
      <h1>Open this page by its link</h1>
      {expired ? (
        <p class="error">This link has expired, or belongs to another workspace.</p>
      ) : null}
      <p>
        The workspace shows this page to whoever has its link. It is printed by{" "}
        <code>npm run workspace</code>; while the workspace runs, this prints a new one:
      </p>
      <pre tabindex={0}>npm run workspace -- --link</pre>
      <p class="quiet">
        Clients of the REST interface do not need it: they send the workspace's token.
      </p>
    </Page>
  );
}

/** A page that says one thing, e.g. what does not exist. */
export function MessagePage({ title, text }: { title: string; text: string }): VNode {
  return (
    <Page title={title} path="">
      <h1>{title}</h1>
      <p>{text}</p>
      <p>
        <a href="/">All models</a>
      </p>
    </Page>
  );
}
