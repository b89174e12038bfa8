import fastify from "fastify";
import { describe, expect, onTestFinished, test } from "vitest";
import { Jobs, setJobs } from "../../../../local/jobs/service";
import { models } from "../../../../local/models/records";
import { readOverview, type Sources } from "../../../../local/page/overview";
import { servePage } from "../../../../local/page/serve";
import { signInLink } from "../../../../local/page/session";
import { render } from "../../../../local/page/views/layout";
import { ModelPage } from "../../../../local/page/views/modelPage";
import { OverviewPage } from "../../../../local/page/views/overviewPage";
import { endpoints } from "../../../../local/serving/records";
import type { Workspace } from "../../../../local/workspace";
import { openWorkspace, serve } from "../harness";
import * as facts from "./facts";

const HOSTILE = `<script>alert(1)</script>"'&`;

function open(): Workspace {
  const { workspace } = openWorkspace([]);
  setJobs(workspace, new Jobs(workspace));
  serve(workspace);
  models(workspace).put("main.models.churn", {
    id: "1",
    catalog_name: "main",
    schema_name: "models",
    name: "churn",
    full_name: "main.models.churn",
    owner: HOSTILE,
    comment: HOSTILE,
    created_at: 1,
    created_by: "me",
    updated_at: 1,
    updated_by: "me",
  });
  return workspace;
}

const sources: Sources = {
  versions: () => Promise.resolve(new Map([["main.models.churn", [facts.champion]]])),
  drift: () => Promise.resolve({ windows: [], lastRefresh: undefined }),
};

describe("the overview", () => {
  test("is read of records and sources", async () => {
    const overview = await readOverview(open(), sources);
    expect(overview).toMatchObject({
      aliases: ["champion"],
      unknown: [],
      models: [{ fullName: "main.models.churn", concerns: [], endpoints: [], monitors: [] }],
    });
  });

  test("is whole although MLflow does not answer", async () => {
    const silent: Sources = { ...sources, versions: () => new Promise(() => undefined) };
    const overview = await readOverview(open(), silent, 20);
    expect(overview.unknown).toEqual(["MLflow did not answer within 0.02 s."]);
    const html = render(OverviewPage({ overview, alias: undefined }));
    expect(html).toContain("Partly unknown");
    expect(html).toContain("MLflow did not answer");
    expect(html).toContain("Not configured");
    expect(html).not.toContain("Healthy");
    expect(html).not.toContain("Nothing at");
  });

  test("shows what belongs to no model beside the models", async () => {
    const workspace = open();
    endpoints(workspace).put("1", {
      id: "1",
      name: "lonely",
      creator: "me",
      creation_timestamp: 1,
      last_updated_timestamp: 1,
      tags: [],
      update: "NOT_UPDATING",
    });
    const overview = await readOverview(workspace, sources);
    expect(overview.others.endpoints.map(({ name }) => name)).toEqual(["lonely"]);
    expect(render(OverviewPage({ overview, alias: undefined }))).toContain(
      "Shared by models, or part of none",
    );
  });

  test("can be narrowed to an alias", async () => {
    const overview = await readOverview(open(), sources);
    const shown = (alias: string) => render(OverviewPage({ overview, alias }));
    expect(shown("champion")).toContain('id="model-main.models.churn"');
    expect(shown("challenger")).not.toContain('id="model-main.models.churn"');
    expect(shown(HOSTILE)).not.toContain("<script");
  });
});

test("nothing that comes from data is HTML", async () => {
  const workspace = open();
  const hostile: Sources = {
    ...sources,
    versions: () =>
      Promise.resolve(
        new Map([
          [
            "main.models.churn",
            [
              facts.version(1, {
                aliases: [HOSTILE, "champion"],
                description: HOSTILE,
                createdBy: HOSTILE,
                problem: HOSTILE,
                runId: HOSTILE,
                run: {
                  id: HOSTILE,
                  name: HOSTILE,
                  status: HOSTILE,
                  startedAt: 1,
                  metrics: [{ name: HOSTILE, value: "NaN" }],
                },
                gate: {
                  ...facts.promoted,
                  verdict: HOSTILE,
                  reason: HOSTILE,
                  runId: HOSTILE,
                  evidence: [{ key: HOSTILE, value: HOSTILE }],
                },
                tags: [{ key: HOSTILE, value: HOSTILE }],
              }),
            ],
          ],
        ]),
      ),
  };
  const overview = await readOverview(workspace, hostile);
  const [model] = overview.models;
  if (model === undefined) throw new Error("The model is missing.");
  const alerts = [facts.alert({ name: HOSTILE, state: "ERROR", error: HOSTILE })];
  const runs = [facts.run({ name: HOSTILE, error: HOSTILE })];
  const whole = { ...model, alerts, jobs: [facts.job({ name: HOSTILE })] };
  for (const html of [
    render(OverviewPage({ overview, alias: undefined })),
    render(ModelPage({ model: whole, runs, asOf: overview.asOf })),
  ]) {
    expect(html).not.toContain("<script");
    expect(html).not.toMatch(/="[^"]*<script/);
    expect(html).toContain("&lt;script>");
  }
});

describe("the page's sign-in", () => {
  async function serve() {
    const workspace = open();
    const server = fastify();
    servePage(server, workspace);
    await server.ready();
    onTestFinished(() => server.close());
    const get = (url: string, headers: Record<string, string> = {}) =>
      server.inject({ method: "GET", url, headers });
    const link = signInLink(workspace).slice(workspace.url.length);
    return { workspace, get, link };
  }

  test("shows nothing but how to sign in without it", async () => {
    const { workspace, get } = await serve();
    for (const path of ["/", "/models/main.models.churn", "/runs", "/runs/1", "/sources/1"]) {
      const bearer = { authorization: `Bearer ${workspace.token}` };
      for (const answer of [await get(path), await get(path, bearer)]) {
        expect(answer.statusCode).toBe(403);
        expect(answer.body).toContain("npm run workspace -- --link");
        expect(answer.body).not.toContain("churn</a>");
      }
    }
  });

  test("takes a link, and keeps it in a cookie that scripts and other sites cannot use", async () => {
    const { get, link } = await serve();
    const answer = await get(link);
    expect(answer).toMatchObject({ statusCode: 303, headers: { location: "/" } });
    const cookie = String(answer.headers["set-cookie"]);
    expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    expect((await get("/runs", { cookie: cookie.split(";")[0] ?? "" })).statusCode).toBe(200);
  });

  test.each([
    // A signature never holds a dot.
    ["a link that was changed", (link: string) => link.replace(/signature=./, "signature=.")],
    ["a link that was prolonged", (link: string) => link.replace(/expires=\d/, "expires=9")],
    ["no signature", () => "/page/sign-in"],
  ])("refuses %s", async (_, change) => {
    const { get, link } = await serve();
    const answer = await get(change(link));
    expect(answer.statusCode).toBe(403);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test("takes no link's signature for a session", async () => {
    const { get, link } = await serve();
    const [, expires = "", signature = ""] = /expires=(\d+)&signature=(.*)$/.exec(link) ?? [];
    const cookie = `mlops-page-1=${expires}.${signature}`;
    expect((await get("/runs", { cookie })).statusCode).toBe(403);
  });

  test("comes with headers that allow no script and no other origin", async () => {
    const { get, link } = await serve();
    for (const path of ["/", link, "/page/style.css", "/runs/1"]) {
      const { headers } = await get(path);
      expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; style-src 'self'/);
      expect(headers["content-security-policy"]).not.toMatch(/unsafe|script-src|\*/);
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
      });
    }
  });
});
