import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { VNode } from "preact";
import { z } from "zod";
import { ApiError, missing } from "../errors";
import { jobsOf } from "../jobs/service";
import { queryInt } from "../route";
import type { Workspace } from "../workspace";
import { readRuns } from "./jobs";
import { readOverview, type Overview, type Sources } from "./overview";
import { readRun } from "./runDetails";
import { SIGN_IN, hasSession, hasValidLink, sessionCookie } from "./session";
import { readSource } from "./source";
import { modelPath } from "./views/format";
import { render } from "./views/layout";
import { MessagePage, SignInPage } from "./views/messagePages";
import { ModelPage } from "./views/modelPage";
import { OverviewPage } from "./views/overviewPage";
import { RunPage, RunsPage } from "./views/runPages";
import { SourcePage } from "./views/sourcePage";

/**
 * Nothing but the page's own style sheet and icon may be loaded, no script runs, nothing is sent anywhere,
 * and no other page may frame it: https://www.w3.org/TR/CSP3/
 */
const headers = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

const assets = [
  ["/page/style.css", "style.css", "text/css; charset=utf-8"],
  ["/page/icon.svg", "icon.svg", "image/svg+xml"],
] as const;

/** A page: who is signed in gets what `show` makes of the request. */
type Show = (request: FastifyRequest) => Promise<VNode>;

/**
 * Serves the workspace's page: read-only HTML for a person with a browser, beside the REST interface and
 * with a sign-in of its own.
 */
export function servePage(server: FastifyInstance, workspace: Workspace): void {
  void server.register((pages, _options, done) => {
    pages.setErrorHandler((error, _request, reply) => {
      const { status, text } = problemOf(error);
      return send(reply.status(status), <MessagePage title={titleOf(status)} text={text} />);
    });
    for (const [path, file, type] of assets) {
      const content = readFileSync(join(__dirname, file));
      pages.get(path, (_request, reply) => reply.headers(headers).type(type).send(content));
    }
    pages.get(SIGN_IN, (request, reply) => {
      if (!hasValidLink(workspace, request)) return send(reply.status(403), <SignInPage expired />);
      return reply
        .headers({ ...headers, "set-cookie": sessionCookie(workspace) })
        .redirect("/", 303);
    });
    for (const [path, show] of Object.entries(pagesOf(workspace)))
      pages.get(path, async (request, reply) => {
        if (!hasSession(workspace, request))
          return send(reply.status(403), <SignInPage expired={false} />);
        return send(reply, await show(request));
      });
    // Where the messages of alerts point.
    pages.get("/sql/alerts-v2/:id", async (request, reply) => {
      const { id } = z.object({ id: z.string() }).parse(request.params);
      const { models } = await readOverview(workspace, recordsAlone);
      const model = models.find(({ alerts }) => alerts.some((alert) => alert.id === id));
      const page = model === undefined ? "/#others" : `${modelPath(model.fullName)}#alerts`;
      return reply.headers(headers).redirect(page, 303);
    });
    done();
  });
}

function pagesOf(workspace: Workspace): Record<string, Show> {
  return {
    "/": async (request) => {
      const { alias } = z.object({ alias: z.string().optional() }).parse(request.query);
      return <OverviewPage overview={await readOverview(workspace)} alias={alias} />;
    },
    "/models/:name": async (request) => {
      const { name } = z.object({ name: z.string() }).parse(request.params);
      const overview = await readOverview(workspace);
      const model = overview.models.find(({ fullName }) => fullName === name);
      if (model === undefined) throw missing("Registered model", name);
      return <ModelPage model={model} runs={overview.runs} asOf={overview.asOf} />;
    },
    "/runs": (request) => {
      const { job } = z.object({ job: queryInt.optional() }).parse(request.query);
      const [runs, asOf] = [readRuns(workspace), Date.now()];
      const name = jobsOf(workspace)
        .list()
        .find(({ job_id }) => job_id === job)?.settings.name;
      const chosen = job === undefined ? undefined : { id: job, name: name ?? `job ${job}` };
      return Promise.resolve(<RunsPage runs={runs} job={chosen} asOf={asOf} />);
    },
    "/runs/:id": async (request) => {
      const { id } = z.object({ id: queryInt }).parse(request.params);
      const run = readRun(workspace, id);
      const overview = await readOverview(workspace, recordsAlone);
      return <RunPage run={run} models={linksOf(overview, run.jobId)} asOf={overview.asOf} />;
    },
    "/sources/:id": async (request) => {
      const { id } = z.object({ id: z.string().regex(/^\w+$/) }).parse(request.params);
      return <SourcePage source={await readSource(workspace, id)} asOf={Date.now()} />;
    },
  };
}

/** For pages that show neither versions nor drift. */
const recordsAlone: Sources = {
  versions: () => Promise.resolve(new Map()),
  drift: () => Promise.resolve({ windows: [], lastRefresh: undefined }),
};

/** The models that a job has to do with. */
function linksOf({ models }: Overview, job: number): VNode[] {
  return models
    .filter(({ jobs }) => jobs.some(({ id }) => id === job))
    .map(({ fullName }) => <a href={modelPath(fullName)}>{fullName} </a>);
}

function send(reply: FastifyReply, page: VNode): FastifyReply {
  return reply.headers(headers).type("text/html; charset=utf-8").send(render(page));
}

function problemOf(error: unknown): { status: number; text: string } {
  if (error instanceof z.ZodError) return { status: 404, text: "There is no such page." };
  if (error instanceof ApiError) return { status: statusOf(error), text: error.message };
  console.error(error);
  return { status: 500, text: "The workspace's output says more." };
}

/** The Jobs API answers 400 for a run that does not exist. */
function statusOf({ status, message }: ApiError): number {
  return message.endsWith("does not exist.") ? 404 : status;
}

function titleOf(status: number): string {
  return status === 404 ? "Not found" : "This page could not be made";
}
